import type { AuthorizedActor } from "#lib/domain/authority";
import { alwaysOpen } from "#lib/domain/calendar";
import type { OrderCommand } from "#lib/domain/commands";
import { decideOrder } from "#lib/domain/decide-order";
import type { DoubtFact, Facts } from "#lib/domain/facts";
import type { OrderState } from "#lib/domain/order";
import { defaultPolicy } from "#lib/domain/policy";
import { isRejection, type Rejection } from "#lib/domain/rejection";
import type { WorkflowDefinition } from "#lib/domain/workflow";
import { nothingStopped } from "#lib/domain/workspace";

/**
 * What a screen offers is what the engine would accept: the question is put to the same `decide`, and the events it
 * answers with are thrown away. So a rule of who may do what is written once.
 *
 * Only the acceptance counts, so facts that shape events alone (which hours a calendar is open, the limits of the policy)
 * stand for the real ones. An amendment compares with the order's personal parts and is not asked here.
 */
export type AskableCommand = Exclude<OrderCommand, { type: "order.receive" | "order.amend" }>;

/** What an effect's outside offers in doubt, as the adapters of this process say it; null where none knows the effect. */
export type Outside = (effect: string) => DoubtFact | null;

/** For questions that are not about effects. */
export const unknownOutside: Outside = () => null;

/** Why this actor's command would be refused now; null when it would be accepted. */
export function refusalOf(
  definition: WorkflowDefinition,
  state: OrderState,
  actor: AuthorizedActor,
  now: string,
  command: AskableCommand,
  outside: Outside = unknownOutside,
): Rejection | null {
  const decided = decideOrder(definition, state, factsFor(state, actor, now, outside), command);
  return isRejection(decided) ? decided : null;
}

function factsFor(state: OrderState, actor: AuthorizedActor, now: string, outside: Outside): Facts {
  return {
    workspace: actor.workspace,
    stream: `order/${state.id}`,
    now,
    principal: {
      kind: "person",
      person: actor.person ?? "",
      grants: actor.roles.map((role) => ({ role, grantedBy: `person/${actor.person}@1` })),
      disabled: false,
    },
    person: () => null,
    anotherAdmin: () => true,
    policy: { parameters: defaultPolicy, reference: state.policy?.reference ?? "" },
    calendar: (reference) => ({ calendar: alwaysOpen, reference }),
    customer: { earlierOrders: 0, asOf: 0 },
    personal: () => ({}),
    stopped: nothingStopped,
    attemptNow: () => null,
    doubt: (effect) => outside(effect) ?? { kind: "neither" },
    answersWithin_ms: () => null,
  };
}
