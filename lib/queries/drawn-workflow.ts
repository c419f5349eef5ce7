import { routes, type Step, type WorkflowDefinition } from "#lib/domain/workflow";
import { titleOf } from "./words";

/** A step as a drawing needs it. */
export type DrawnStep = { id: string; title: string; kind: Step["kind"] };

/** A way from one step to another, with what has to happen for it; without a label it is the only one. */
export type DrawnEdge = { from: string; to: string; label?: string };

/** The steps and ways of a definition, in the order it names them; ways between the same two steps are one. */
export function drawnWorkflow({ start, steps }: WorkflowDefinition): {
  steps: DrawnStep[];
  edges: DrawnEdge[];
} {
  const names = [start, ...Object.keys(steps).filter((name) => name !== start)];
  const labels = new Map<string, DrawnEdge & { labels: string[] }>();
  for (const from of names)
    for (const { to, label } of waysOf(steps[from])) {
      const edge = labels.get(`${from}>${to}`) ?? { from, to, labels: [] };
      if (label) edge.labels.push(label);
      labels.set(`${from}>${to}`, edge);
    }
  return {
    steps: names.flatMap((name) => {
      const step = steps[name];
      return step ? [{ id: name, title: titleOf(name, step), kind: step.kind }] : [];
    }),
    edges: [...labels.values()].map(({ from, to, labels: [...all] }) => ({
      from,
      to,
      label: all.length > 0 ? new Intl.ListFormat("en-GB", { type: "disjunction" }).format(all) : undefined,
    })),
  };
}

function waysOf(step: Step | undefined): DrawnWay[] {
  switch (step?.kind) {
    case "decision":
      return [...ways(step.pass, "Clear"), ...ways(step.review, "Needs a person")];
    case "task":
      return [
        ...Object.values(step.outcomes).flatMap((outcome) =>
          "to" in outcome ? ways(outcome.to, outcome.label) : ways(outcome.sendBack.recheck, outcome.label),
        ),
        ...ways(step.fail ?? [], "Cannot be done"),
        ...ways(step.skip ?? [], "Skipped"),
      ];
    case "effect":
    case "wait":
      return ways(step.to);
    case "end":
    case undefined:
      return [];
  }
}

type DrawnWay = { to: string; label?: string };

function ways(route: Parameters<typeof routes>[0], label?: string): DrawnWay[] {
  return routes(route).map((to) => ({ to, label }));
}
