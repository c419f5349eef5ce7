import { routes, type Step } from "#lib/domain/workflow";
import { effectWords, stepOf, titleOf } from "./words";

/**
 * What a verdict sets off, in one sentence for who is about to give it: `Then the carrier does the dispatch.` Read from the
 * definition, so it can't say anything else than what will happen. Empty where this version does not know the workflow.
 */
export function whatFollows(workflow: string, step: string, verdict: string, requestedBy: string): string {
  const task = stepOf(workflow, step);
  const outcome =
    task?.kind === "task" && Object.hasOwn(task.outcomes, verdict) ? task.outcomes[verdict] : undefined;
  if (!outcome) return "";
  if ("sendBack" in outcome)
    return `It goes back to ${requestedBy}, and comes here again once it was changed.`;
  const next = routes(outcome.to).flatMap((name) => {
    const reached = stepOf(workflow, name);
    return reached ? [sentenceOf(name, reached)] : [];
  });
  return next.join(" ");
}

function sentenceOf(name: string, step: Step): string {
  switch (step.kind) {
    case "effect": {
      const { outside, noun } = effectWords(step.effect);
      return `${outside} is asked for ${noun}.`;
    }
    case "end":
      return step.outcome === "rejected" ? "The order ends here, rejected." : "The order is completed.";
    case "task":
      return `Then somebody else has to: ${titleOf(name, step).toLowerCase()}.`;
    case "decision":
      return "Then the policy is checked.";
    case "wait":
      return "Then it waits for an answer from outside.";
  }
}
