import { type AccessState, evolveAccess } from "#lib/domain/access";
import type { RecordedEvent } from "#lib/domain/events";
import { evolve, isOver, type OrderState } from "#lib/domain/order";
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
  /** Whether hardly anything more will be asked of it. */
  isOver(state: AggregateState): boolean;
};

const noRows = () => [];
const never = () => false;
const folds = {
  order: { evolve, rows: orderRows, isOver },
  person: { evolve: evolvePerson, rows: personRows, isOver: never },
  access: { evolve: evolveAccess, rows: noRows, isOver: never },
  workflow: { evolve: evolveWorkflow, rows: noRows, isOver: never },
  policy: { evolve: evolvePolicy, rows: noRows, isOver: never },
  calendar: { evolve: evolveCalendar, rows: noRows, isOver: never },
  workspace: { evolve: evolveWorkspace, rows: noRows, isOver: never },
} as unknown as { [kind in StreamKind]?: Aggregate };

export function aggregateOf(stream: string): Aggregate {
  const aggregate = folds[streamKind(stream)];
  if (!aggregate) throw new Error(`nothing folds the stream ${stream}`);
  return aggregate;
}
