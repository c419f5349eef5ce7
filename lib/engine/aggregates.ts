import { type AccessState, evolveAccess } from "#lib/domain/access";
import type { RecordedEvent } from "#lib/domain/events";
import { evolve, type OrderState } from "#lib/domain/order";
import { orderRows, type Rows } from "#lib/domain/order-rows";
import { evolvePerson, type PersonState, personRows } from "#lib/domain/person";
import {
  type CalendarState,
  evolveCalendar,
  evolvePolicy,
  evolveWorkflow,
  type PolicyState,
  type WorkflowState,
} from "#lib/domain/settings";
import { evolveWorkspace, type WorkspaceState } from "#lib/domain/workspace";
import { type StreamKind, streamKind } from "#lib/log/body";

/** Which fold a stream has, by its kind, and which rows its state implies. */
export type AggregateState =
  | OrderState
  | PersonState
  | AccessState
  | WorkflowState
  | PolicyState
  | CalendarState
  | WorkspaceState;

type Aggregate = {
  evolve(state: AggregateState | null, event: RecordedEvent): AggregateState;
  rows(state: AggregateState): Rows;
};

const noRows = () => [];
const folds = {
  order: { evolve, rows: orderRows },
  person: { evolve: evolvePerson, rows: personRows },
  access: { evolve: evolveAccess, rows: noRows },
  workflow: { evolve: evolveWorkflow, rows: noRows },
  policy: { evolve: evolvePolicy, rows: noRows },
  calendar: { evolve: evolveCalendar, rows: noRows },
  workspace: { evolve: evolveWorkspace, rows: noRows },
} as unknown as { [kind in StreamKind]?: Aggregate };

export function aggregateOf(stream: string): Aggregate {
  const aggregate = folds[streamKind(stream)];
  if (!aggregate) throw new Error(`nothing folds the stream ${stream}`);
  return aggregate;
}
