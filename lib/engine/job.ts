import type { AuthorizedActor } from "#lib/domain/authority";
import type { Command } from "#lib/domain/commands";
import type { EventDraft, RecordedEvent } from "#lib/domain/events";
import type { Rejection } from "#lib/domain/rejection";
import type { WorkflowDefinition } from "#lib/domain/workflow";
import type { CustomerOrders } from "./fact-loader";
import type { Held } from "./streams";

/** Who asks for a command, and what makes it that command: the same source and id again get the first answer. */
export type Asking = {
  actor: AuthorizedActor;
  source: string;
  id: string;
  /** `stream@version` of the event that caused it. */
  cause?: string;
};

export type Accepted = {
  rejected: false;
  stream: string;
  firstVersion: number;
  count: number;
  /** The command had been accepted before; nothing was written now. */
  repeated: boolean;
  /** Position of the first event, when this process wrote it just now. */
  firstPos: number | null;
  events: readonly RecordedEvent[];
};

/** A command on its way through a batch, with the streams it is decided on. */
export type Job = {
  command: Command | null;
  asking: Asking;
  stream: string;
  mac: string;
  definition: WorkflowDefinition | null;
  person: string | undefined;
  customerIndex: string | undefined;
  history: CustomerOrders | null;
  /** What decides when it is not a command from outside but the engine's own bookkeeping. */
  decide: ((held: Held, now: string) => EventDraft[]) | null;
  held: Held;
  permitting: Held[];
  pinned: Held[];
  tries: number;
  settle(result: Accepted | Rejection): void;
  fail(error: unknown): void;
};
