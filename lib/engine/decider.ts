import type { AuthorizedActor } from "#lib/domain/authority";
import type { Command, CommandOf } from "#lib/domain/commands";
import { decideOrder } from "#lib/domain/decide-order";
import { type EventDraft, schemas } from "#lib/domain/events";
import type { Facts, Principal } from "#lib/domain/facts";
import type { OrderState } from "#lib/domain/order";
import { decidePerson, type PersonState } from "#lib/domain/person";
import { isRejection, type Rejection, reject } from "#lib/domain/rejection";
import { decideSettings, type SettingsCommand } from "#lib/domain/settings";
import { type WorkflowDefinition, workflowReference } from "#lib/domain/workflow";
import { decideWorkspace, type WorkspaceState } from "#lib/domain/workspace";
import { BodyError, type EventActor } from "#lib/log/body";
import { customerIndex, emailIndex, type WorkspaceKeys } from "#lib/log/keys";
import type { Clock } from "../clock";
import type { Database } from "../db";
import type { AppendCommand } from "./append";
import {
  CustomerHistories,
  type CustomerOrders,
  calendarFact,
  type HistoryQuestion,
  isActingAdmin,
  isRevoked,
  personFact,
  policyFact,
  stoppedFact,
} from "./fact-loader";
import type { Job } from "./job";
import { type ProjectedRows, project } from "./projector";
import { openPersonal, type SealedEvent, Sealer } from "./seal";
import { evolveStream, type Held, latestOf, type Streams } from "./streams";

/** A command decided and sealed: what append() is to write, and the rows it changes. */
export type Prepared = {
  job: Job;
  append: AppendCommand;
  sealed: SealedEvent[];
  before: ProjectedRows;
  after: ProjectedRows;
};

export type DeciderOptions = {
  database: Database;
  keys: WorkspaceKeys;
  clock: Clock;
  randomBytes(count: number): Uint8Array;
  definitions: readonly WorkflowDefinition[];
  attemptNow(effect: string, claimed: boolean): { lease_ms: number } | null;
  doubt: Facts["doubt"];
  answersWithin_ms: Facts["answersWithin_ms"];
};

/**
 * Gives `decide` its facts and seals what it decides. Nothing is written here: the events a command leads to are kept as
 * the stream's working state until the batch they belong to is appended.
 */
export class Decider {
  readonly #options: DeciderOptions;
  readonly #streams: Streams;
  readonly #histories: CustomerHistories;

  constructor(options: DeciderOptions, streams: Streams) {
    this.#options = options;
    this.#streams = streams;
    this.#histories = new CustomerHistories(options.database, options.keys.workspace);
  }

  get workspace(): string {
    return this.#options.keys.workspace;
  }

  /** The workflow a command is decided by; null where none applies or this process does not have it. */
  definitionOf(command: Command, held: Held): WorkflowDefinition | null {
    const { definitions } = this.#options;
    if (command.type === "order.receive")
      return definitions.find((definition) => workflowReference(definition) === command.workflow) ?? null;
    if (!held.stream.startsWith("order/") || !held.current.state) return null;
    const { workflow } = held.current.state as OrderState;
    return (
      definitions.find(({ name, version }) => name === workflow.name && version === workflow.version) ?? null
    );
  }

  /** Reads what the customers of a batch ordered before. To be closed with `closeHistories` when the batch is over. */
  async openHistories(batch: readonly Job[]): Promise<CustomerOrders | null> {
    const asking = batch.filter((job) => job.customerIndex !== undefined);
    if (asking.length === 0) return null;
    const history = await this.#histories.load(asking.map((job) => job.customerIndex!));
    for (const job of asking) job.history = history;
    return history;
  }

  closeHistories(batch: readonly Job[], history: CustomerOrders | null): void {
    if (history) this.#histories.close(history);
    for (const { stream } of batch) this.#histories.forget(stream);
  }

  /** The customer a command speaks of, blinded: what asks the history. */
  customerIndexOf(command: Command): string | undefined {
    if (command.type !== "order.receive" && command.type !== "order.amend") return undefined;
    const reference = command.customer?.reference;
    return reference === undefined ? undefined : customerIndex(this.#options.keys, reference);
  }

  /** Decides a command on the newest state of its stream and seals the events. `touched` are the streams the batch changes. */
  prepare(job: Job, touched: Set<Held>): Prepared | Rejection {
    const { held, asking, command } = job;
    const broken = held.broken ?? job.permitting.find((permits) => permits.broken)?.broken;
    if (broken) return reject("unavailable", `This needs attention before anything can happen: ${broken}.`);
    const from = held.working ?? held.current;
    const clock = this.#options.clock.now();
    const now = clock < from.recordedAt ? from.recordedAt : clock;
    const drafts = command ? this.#decide(job, command, now) : job.decide!(held, now);
    if (isRejection(drafts)) return drafts;
    if (drafts.length === 0) return reject("stale", "There is nothing left to do.");

    const before = held.working
      ? project(job.stream, from.state)
      : (held.rows ?? project(job.stream, from.state));
    const occurredAt = occurredAtOf(command) ?? now;
    const sealed: SealedEvent[] = [];
    let state = from;
    let opening: string;
    try {
      const sealer = new Sealer(
        {
          workspace: this.#options.keys.workspace,
          stream: job.stream,
          recordedAt: now,
          occurredAt,
          actor: eventActor(asking.actor),
          command: { source: asking.source, id: asking.id, mac: job.mac },
          cause: asking.cause,
        },
        this.#options.randomBytes,
      );
      opening = sealer.opening;
      for (const draft of drafts) {
        const keys = draft.personal ? this.#streams.subjectKeysOf(held) : null;
        const event = sealer.seal(draft, state.version + 1, state.leaf, keys);
        sealed.push(event);
        state = evolveStream(state, event.recorded);
      }
    } catch (error) {
      if (error instanceof BodyError) return reject("invalid", error.message, { field: error.member });
      throw error;
    }
    // As they were when it was decided: who changes the own account is permitted by the stream that changes here.
    const guards = job.permitting.map((permits) => ({
      stream: permits.stream,
      leaf: latestOf(permits).leaf,
    }));
    // The first command of a batch that touches the stream carries its new key; those after it hang on that one.
    const freshKey = touched.has(held) ? null : held.freshlyWrapped;
    held.working = state;
    touched.add(held);
    if (command?.type === "order.receive") this.#rememberOrder(job, command, now);
    return {
      job,
      sealed,
      before,
      after: project(job.stream, state.state),
      append: {
        source: asking.source,
        id: asking.id,
        mac: job.mac,
        stream: job.stream,
        base: from.version,
        opening,
        occurredAt,
        recordedAt: now,
        events: sealed.map(({ body, recorded: { type } }) => ({ type, schema: schemas[type], body })),
        guards,
        subjectKey: freshKey ? { subject: job.stream, wrapped: freshKey } : null,
      },
    };
  }

  #decide(job: Job, command: Command, now: string): EventDraft[] | Rejection {
    const { held } = job;
    const state = (held.working ?? held.current).state;
    const facts = this.#facts(job, command, now);
    switch (command.type) {
      case "person.add":
      case "person.grant":
      case "person.revoke":
      case "person.disable":
      case "person.enable":
      case "person.changePassword":
      case "person.endSessions":
      case "person.linkIdentity":
      case "person.unlinkIdentity":
      case "apiKey.create":
      case "apiKey.revoke":
        return decidePerson(
          state as PersonState | null,
          facts,
          command.type === "person.add" ? emailIndex(this.#options.keys, command.email) : undefined,
          command,
        );
      case "workflow.publish":
      case "policy.publish":
      case "calendar.publish":
        return decideSettings(state as never, facts, command satisfies SettingsCommand);
      case "log.adopt":
      case "dispatch.pause":
      case "dispatch.resume":
      case "intake.stop":
      case "intake.open":
        return decideWorkspace(state as WorkspaceState | null, facts, command);
      default: {
        if (!state && command.type !== "order.receive")
          return reject("notFound", "There is no such order.", { field: "order" });
        const definition = job.definition ?? this.definitionOf(command, held);
        if (!definition)
          return reject("unavailable", "This version of Holdpoint does not have the order's workflow.");
        return decideOrder(definition, state as OrderState | null, facts, command);
      }
    }
  }

  #facts(job: Job, command: Command, now: string): Facts {
    const { held, person } = job;
    const state = (held.working ?? held.current).state;
    const personHeld = (id: string) => job.permitting.find(({ stream }) => stream === `person/${id}`);
    const order = held.stream.startsWith("order/") ? (state as OrderState | null) : null;
    const question = this.#historyQuestion(job, command, now);
    const stopped = stoppedFact(job.permitting.find(({ stream }) => stream.startsWith("workspace/")));
    return {
      workspace: this.#options.keys.workspace,
      stream: job.stream,
      now,
      principal: principalOf(job.asking.actor, person === undefined ? undefined : personHeld(person)),
      person: (id) => personFact(personHeld(id)),
      anotherAdmin: (than) =>
        job.permitting.some((permits) => permits.stream !== `person/${than}` && isActingAdmin(permits)),
      get policy() {
        return policyFact(job.permitting.find(({ stream }) => stream.startsWith("policy/")));
      },
      calendar: (name) => calendarFact((stream) => this.#streams.peek(stream), name),
      customerIndex: job.customerIndex,
      customer: (question && job.history?.answer(question)) ?? { earlierOrders: 0, asOf: 0 },
      // Opened only for what asks for it: most commands send nothing personal anywhere.
      personal: once(() =>
        command.type === "order.receive" && order === null
          ? { customer: command.customer }
          : openPersonal(this.#options.keys.workspace, job.stream, order?.personal ?? null, held.keys),
      ),
      stopped,
      attemptNow: (effect) =>
        stopped.dispatch ? null : this.#options.attemptNow(effect, command.type === "effect.attempt"),
      doubt: this.#options.doubt,
      answersWithin_ms: this.#options.answersWithin_ms,
    };
  }

  #historyQuestion(job: Job, command: Command, now: string): HistoryQuestion | null {
    if (command.type !== "order.receive" && command.type !== "order.amend") return null;
    if (!job.customerIndex) return null;
    const policy = job.permitting.find(({ stream }) => stream.startsWith("policy/"));
    return {
      order: job.stream.slice("order/".length),
      customerIndex: job.customerIndex,
      amount: command.total.amount,
      currency: command.total.currency,
      orderedOn: command.orderedOn,
      at: command.type === "order.receive" ? (command.past?.occurredAt ?? now) : now,
      within_hours: policyFact(policy).parameters.duplicateWithin_hours,
    };
  }

  #rememberOrder(job: Job, command: CommandOf<"order.receive">, now: string): void {
    const question = this.#historyQuestion(job, command, now);
    if (question) this.#histories.add(command.businessKey, question);
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function principalOf(actor: AuthorizedActor, held: Held | undefined): Principal {
  if (actor.type === "system") return { kind: "system", part: actor.id as never };
  const person = personFact(held);
  return {
    kind: "person",
    person: actor.person ?? "",
    grants: person?.grants ?? [],
    disabled: (person?.disabled ?? true) || (actor.type === "apiKey" && isRevoked(held, actor.id)),
  };
}

function eventActor({ type, id, person, account, session }: AuthorizedActor): EventActor {
  switch (type) {
    case "person":
      return { type, id, account, session };
    case "apiKey":
      return { type, id, onBehalfOf: person };
    case "system":
      return { type, id };
  }
}

function occurredAtOf(command: Command | null): string | undefined {
  if (command?.type === "order.receive") return command.past?.occurredAt;
  return command?.type === "effect.answer" ? command.occurredAt : undefined;
}
