import type { AuthorizedActor, Role } from "#lib/domain/authority";
import { evidenceOf, type OrderState, type TaskState } from "#lib/domain/order";
import type { Rejection } from "#lib/domain/rejection";
import type { TaskStep, WorkflowDefinition } from "#lib/domain/workflow";
import { verdictKind } from "./path";
import { holdersOf, type Names } from "./people-names";
import { type AskableCommand, refusalOf } from "./possible";
import type { Store } from "./store";
import { plural, verdictPast } from "./words";

/** A verdict of a task for one actor: `blocked` says why not, and who could. */
export type OfferedVerdict = {
  verdict: string;
  label: string;
  kind: "onward" | "sendBack" | "rejects";
  irreversible: boolean;
  blocked: { reason: string; whoCan: string } | null;
};

/** An open task of an order, and what this actor may do with it. The goal is in milliseconds. */
export type OrderTask = {
  step: string;
  visit: number;
  title: string;
  status: TaskState["status"];
  owner: string | undefined;
  mine: boolean;
  breachAt: string | null;
  goal_ms: number;
  pausedWhy: "changes" | "supervisor" | null;
  escalated: boolean;
  /** The hash over what is shown: what a decision is about. */
  evidence: string;
  verdicts: OfferedVerdict[];
  mayClaim: boolean;
  mayRelease: boolean;
  mayTakeOver: boolean;
  /** To whom this actor may hand it: nobody when they may not. */
  mayHandTo: { id: string; name: string }[];
  /** A decision that has not taken effect; `mine` may be withdrawn. */
  decision: { participle: string; by: string; effectiveAt: string; mine: boolean } | null;
};

/** The open tasks of an order; what may be done with each is asked of the same rules that will decide it. */
export async function tasksOf(
  store: Store,
  definition: WorkflowDefinition,
  state: OrderState,
  actor: AuthorizedActor,
  now: string,
  names: Names,
): Promise<OrderTask[]> {
  return Promise.all(
    Object.values(state.tasks).map(async (task) => {
      const step = definition.steps[task.step] as TaskStep;
      const at = { order: state.id, step: task.step, visit: task.visit };
      const evidence = evidenceOf(state, task.step);
      const ask = (command: AskableCommand) => refusalOf(definition, state, actor, now, command);
      const may = (command: AskableCommand) => ask(command) === null;
      const whoCan = await whoCanDecide(store, task, names);
      return {
        ...at,
        title: step.title,
        status: task.status,
        owner: task.owner === null ? undefined : names.person(task.owner),
        mine: task.owner !== null && task.owner === actor.person,
        breachAt: task.clock.breachAt,
        goal_ms: task.clock.goal_ms + task.clock.extended_ms,
        pausedWhy: task.suspended?.for ?? null,
        escalated: task.escalated,
        evidence,
        verdicts: Object.entries(step.outcomes).map(([verdict, outcome]) => ({
          verdict,
          label: outcome.label,
          kind: verdictKind(definition, task.step, verdict),
          irreversible: "to" in outcome && outcome.irreversible === true,
          blocked: blockedBy(
            ask({ type: "task.decide", ...at, verdict, evidence, note: "to see whether it may", undo_ms: 1 }),
            whoCan,
          ),
        })),
        mayClaim: may({ type: "task.claim", ...at }),
        mayRelease: may({ type: "task.release", ...at }),
        mayTakeOver:
          task.owner !== actor.person &&
          may({ type: "task.takeOver", ...at, reason: "to see whether it may" }),
        mayHandTo: mayHand(ask({ type: "task.delegate", ...at, to: "nobody" }))
          ? (await holdersOf(store, task.roles, task.excluded, handed_max)).people.filter(
              ({ id }) => id !== task.owner,
            )
          : [],
        // A decision that sent the order back stays with its task until the changes are there; it can't be undone any more.
        decision:
          task.status !== "COMPLETED" || !task.decision
            ? null
            : {
                participle: verdictPast(task.step, task.decision.verdict).participle,
                by: names.person(task.decision.by),
                effectiveAt: task.decision.effectiveAt,
                mine: task.decision.by === actor.person,
              },
      };
    }),
  );
}

function blockedBy(refusal: Rejection | null, whoCan: string): OfferedVerdict["blocked"] {
  return refusal && { reason: refusal.message, whoCan };
}

/** Whether only the person is missing to hand a task over. */
function mayHand(refusal: Rejection | null): boolean {
  return refusal === null || refusal.field === "to";
}

const handed_max = 100;
const named_max = 4;

/** Who could decide this task, by name: who holds it, or who has the role and is not excluded. */
async function whoCanDecide(store: Store, task: TaskState, names: Names): Promise<string> {
  if (task.suspended?.for === "changes") return "It comes back once the order was changed.";
  if (task.suspended) return "A supervisor can let it go on.";
  if (task.decision) return `${names.person(task.decision.by)} decided it.`;
  if (task.owner) return `${names.person(task.owner)} can decide, or whoever takes it over.`;
  return whoHas(store, task.roles, task.excluded);
}

/** Names the people of these roles who are not excluded, as a sentence that ends a refusal to `doing` it. */
export async function whoHas(
  store: Store,
  roles: readonly Role[],
  excluded: readonly string[],
  doing = "decide",
): Promise<string> {
  const { people, total } = await holdersOf(store, roles, excluded, named_max);
  const names = people.map(({ name }) => name);
  if (total === 0) return `Nobody else is one of the ${plural(roles)} yet; an admin can change that.`;
  const others = total - names.length;
  const listed = others > 0 ? [...names, `${others} ${others === 1 ? "other" : "others"}`] : names;
  return `${new Intl.ListFormat("en-GB", { type: "disjunction" }).format(listed)} can ${doing} it.`;
}
