import { randomUUID } from "node:crypto";
import { type AccessState, hourOf, isCrowded, isRecorded, refusalSubject } from "#lib/domain/access";
import { type AuthorizedActor, isAuthorizedActor, UnauthorizedActorError } from "#lib/domain/authority";
import { type Command, type CommandOf, commandSchema } from "#lib/domain/commands";
import { decideOrder } from "#lib/domain/decide-order";
import { type EventDraft, type RecordedEvent, schemas } from "#lib/domain/events";
import type { Facts, Principal } from "#lib/domain/facts";
import type { OrderState } from "#lib/domain/order";
import { decidePerson, type PersonCommand, type PersonState } from "#lib/domain/person";
import { isRejection, type Rejection, reject } from "#lib/domain/rejection";
import { decideSettings, type SettingsCommand } from "#lib/domain/settings";
import { type WorkflowDefinition, workflowReference } from "#lib/domain/workflow";
import { BodyError, type EventActor } from "#lib/log/body";
import { CanonicalError, type Json } from "#lib/log/canonical";
import { blindIndex, commandMac, orderId, type WorkspaceKeys } from "#lib/log/keys";
import type { Clock } from "../clock";
import type { Database } from "../db";
import { type AppendCommand, Appender, commandKey, type Verdict } from "./append";
import {
  CustomerHistories,
  type CustomerOrders,
  calendarFact,
  type HistoryQuestion,
  isRevoked,
  permittingStreams,
  personFact,
  pinnedStreams,
  policyFact,
} from "./fact-loader";
import { type ProjectedRows, project, RowChanges } from "./projector";
import { openPersonal, type SealedEvent, Sealer } from "./seal";
import { evolveStream, type Held, latestOf, Streams } from "./streams";
import { systemActor } from "./system-actor";

/**
 * The one door: every command comes in by `execute` and leaves as appended events or as a rejection.
 *
 * The way of a command: parse → have its streams in memory → wait for the batch → decide on state and facts → seal →
 * append with everything else that waited → answer. While one batch is being written the next one gathers; a lone
 * command waits for nobody. A command whose stream or permission moved on meanwhile is decided again; one that was
 * accepted before gets the first answer; a refusal for want of authority is written to the principal's own stream
 * before it is answered.
 *
 * Rejections are values. It throws `UnauthorizedActorError` for an actor nobody minted, and whatever the database throws
 * when it can't be told whether, or is certain that not, the command was written.
 */
export type Asking = {
  actor: AuthorizedActor;
  /** With `id`, what makes a command this command: the same pair again gets the first answer. */
  source: string;
  id: string;
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

export type EngineOptions = {
  database: Database;
  keys: WorkspaceKeys;
  clock: Clock;
  randomBytes(count: number): Uint8Array;
  definitions: readonly WorkflowDefinition[];
  attemptNow: Facts["attemptNow"];
  keyRetention_ms: Facts["keyRetention_ms"];
  /** Called after each commit with what this process wrote, before anybody is answered. */
  committed(events: readonly SealedEvent[]): void;
  held_max?: number;
};

type Job = {
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

/** A refusal and what it was judged on. */
type Rejected = { job: Job; rejection: Rejection; basis: { held: Held; leaf: string | null }[] };

type Prepared = {
  job: Job;
  append: AppendCommand;
  sealed: SealedEvent[];
  before: ProjectedRows;
  after: ProjectedRows;
};

const events_per_batch_max = 500;
const batches_max = 2;
const worthSplitting = 16;
const tries_max = 12;
const id_bytes_max = 400;

export class Engine {
  readonly workspace: string;
  readonly streams: Streams;
  readonly #options: EngineOptions;
  readonly #appender: Appender;
  readonly #histories: CustomerHistories;
  readonly #running = new Set<string>();
  readonly #uncounted = new Map<string, { principal: string; count: number; event: DenialsCounted }>();
  #queue: Job[] = [];
  #writing = 0;
  #pumping = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.workspace = options.keys.workspace;
    this.#appender = new Appender(options.database, this.workspace);
    this.#histories = new CustomerHistories(options.database, this.workspace);
    this.streams = new Streams(
      options.database,
      options.keys,
      options.randomBytes,
      options.held_max ?? 50_000,
    );
  }

  get transactions(): number {
    return this.#appender.transactions;
  }

  async execute(given: Command, asking: Asking): Promise<Accepted | Rejection> {
    const { actor } = asking;
    if (!isAuthorizedActor(actor) || actor.workspace !== this.workspace) throw new UnauthorizedActorError();
    const misnamed = nameProblem(asking);
    if (misnamed) return misnamed;
    const command = isOwn(given, actor) ? given : parse(given);
    if (isRejection(command)) return command;
    const running = commandKey(asking);
    if (this.#running.has(running)) return reject("inProgress", "This request is still being worked on.");
    this.#running.add(running);
    try {
      const result = await this.#submit(command, asking);
      if (isRejection(result) && result.authority) await this.#recordRefusal(command, asking, result);
      return result;
    } catch (error) {
      // A text the log cannot hold, in a member whose schema lets any text through.
      if (error instanceof CanonicalError) return unwritable(error);
      throw error;
    } finally {
      this.#running.delete(running);
    }
  }

  /** The order a client's business key stands for, known before it is received. */
  orderId(source: string, businessKey: string): string {
    return orderId(this.#options.keys, source, businessKey);
  }

  /** Writes what was refused beyond the first few, once its hour is over (or at once, when the process stops). */
  async countDenials(stopping = false): Promise<void> {
    const hour = hourOf(this.#options.clock.now());
    for (const [key, { principal, count, event }] of [...this.#uncounted]) {
      if (!stopping && event.data.hour >= hour) continue;
      this.#uncounted.delete(key);
      try {
        // Each count is a command of its own: another process, or this one before it stopped, counts others.
        await this.#bookkeeping(`access/${principal}`, `denials/${randomUUID()}`, () => [
          { ...event, data: { ...event.data, count } },
        ]);
      } catch (error) {
        this.#uncount(key, principal, event, count);
        throw error;
      }
    }
  }

  async #submit(command: Command, asking: Asking): Promise<Accepted | Rejection> {
    const stream = this.#streamOf(command);
    const person = asking.actor.person;
    const held = await this.streams.acquire(stream);
    const permitting: Held[] = [];
    const pinned: Held[] = [];
    try {
      const definition = this.#definitionOf(command, held);
      if (definition === null && command.type === "order.receive")
        return reject("invalid", `There is no workflow ${command.workflow}.`, { field: "workflow" });
      for (const wanted of permittingStreams(command, person, definition))
        permitting.push(await this.streams.acquire(wanted));
      if (stream.startsWith("order/"))
        for (const wanted of pinnedStreams(held.current.state as OrderState | null))
          pinned.push(await this.streams.acquire(wanted));
      return await new Promise<Accepted | Rejection>((settle, fail) => {
        this.#queue.push({
          command,
          asking,
          stream,
          mac: commandMac(this.#options.keys, principalName(asking.actor), command as unknown as Json),
          definition,
          person,
          customerIndex: this.#customerIndex(command),
          history: null,
          decide: null,
          held,
          permitting,
          pinned,
          tries: 0,
          settle,
          fail,
        });
        this.#pump();
      });
    } finally {
      for (const each of [held, ...permitting, ...pinned]) this.streams.release(each);
    }
  }

  async #bookkeeping(
    stream: string,
    id: string,
    decide: (held: Held, now: string) => EventDraft[],
  ): Promise<Accepted | Rejection> {
    const held = await this.streams.acquire(stream);
    try {
      return await new Promise<Accepted | Rejection>((settle, fail) => {
        this.#queue.push({
          command: null,
          asking: { actor: systemActor(this.workspace, "dispatcher"), source: "engine", id },
          stream,
          mac: commandMac(this.#options.keys, "system/engine", id),
          definition: null,
          person: undefined,
          customerIndex: undefined,
          history: null,
          decide,
          held,
          permitting: [],
          pinned: [],
          tries: 0,
          settle,
          fail,
        });
        this.#pump();
      });
    } finally {
      this.streams.release(held);
    }
  }

  #pump(): void {
    if (this.#pumping || this.#queue.length === 0 || this.#writing >= batches_max) return;
    this.#pumping = true;
    // One turn of the loop later, so that what arrives in the same moment shares the first batch too.
    setImmediate(() => {
      this.#pumping = false;
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      this.#writing++;
      void this.#writeBatch(batch).finally(() => {
        this.#writing--;
        this.#pump();
      });
      this.#pump();
    });
  }

  /**
   * The next batch: no stream that is being written by another one. A long queue is taken in halves, so that one half is
   * decided and sealed here while the database writes the other.
   */
  #takeBatch(): Job[] {
    const half = this.#writing === 0 && this.#queue.length >= worthSplitting;
    const most = half ? Math.ceil(this.#queue.length / 2) : events_per_batch_max;
    const batch: Job[] = [];
    const rest: Job[] = [];
    for (const job of this.#queue)
      if (batch.length < Math.min(most, events_per_batch_max) && !job.held.busy) batch.push(job);
      else rest.push(job);
    this.#queue = rest;
    for (const { held } of batch) held.busy = true;
    return batch;
  }

  async #writeBatch(batch: Job[]): Promise<void> {
    const touched = new Set<Held>();
    const prepared: Prepared[] = [];
    const rejected: Rejected[] = [];
    let events = 0;
    let history: CustomerOrders | null = null;
    try {
      await this.#bringUpToDate(batch);
      history = await this.#loadHistories(batch);
      for (const [n, job] of batch.entries()) {
        if (events >= events_per_batch_max) {
          const later = batch.splice(n);
          const writing = new Set(batch.map(({ held }) => held));
          for (const { held } of later) if (!writing.has(held)) held.busy = false;
          this.#queue.unshift(...later);
          break;
        }
        try {
          const made = this.#prepare(job, touched);
          if (isRejection(made)) rejected.push({ job, rejection: made, basis: basisOf(job) });
          else {
            prepared.push(made);
            events += made.sealed.length;
          }
        } catch (error) {
          job.fail(error);
        }
      }
      if (prepared.length > 0) await this.#write(prepared, touched);
      if (rejected.length > 0) void this.#answerRejected(rejected);
    } catch (error) {
      for (const job of batch) job.fail(error);
    } finally {
      if (history) this.#histories.close(history);
      for (const { stream, held } of batch) {
        held.busy = false;
        this.#histories.forget(stream);
      }
    }
  }

  #prepare(job: Job, touched: Set<Held>): Prepared | Rejection {
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
          workspace: this.workspace,
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
        const keys = draft.personal ? this.streams.subjectKeysOf(held) : null;
        const event = sealer.seal(draft, state.version + 1, state.leaf, keys);
        sealed.push(event);
        state = evolveStream(state, event.recorded);
      }
    } catch (error) {
      if (error instanceof BodyError) return reject("invalid", error.message, { field: error.member });
      throw error;
    }
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
        guards: job.permitting.map((permits) => ({
          stream: permits.stream,
          version: latestOf(permits).version,
        })),
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
      case "apiKey.create":
      case "apiKey.revoke":
        return decidePerson(state as PersonState | null, facts, this.#emailIndex(command), command);
      case "workflow.publish":
      case "policy.publish":
      case "calendar.publish":
        return decideSettings(state as never, facts, command satisfies SettingsCommand);
      default: {
        if (!state && command.type !== "order.receive")
          return reject("notFound", "There is no such order.", { field: "order" });
        const definition = job.definition ?? this.#definitionOf(command, held);
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
    return {
      workspace: this.workspace,
      stream: job.stream,
      now,
      principal: principalOf(job.asking.actor, person === undefined ? undefined : personHeld(person)),
      person: (id) => personFact(personHeld(id)),
      get policy() {
        return policyFact(job.permitting.find(({ stream }) => stream.startsWith("policy/")));
      },
      calendar: (name) => calendarFact((stream) => this.streams.peek(stream), name),
      customerIndex: job.customerIndex,
      customer: (question && job.history?.answer(question)) ?? { earlierOrders: 0, asOf: 0 },
      // Opened only for what asks for it: most commands send nothing personal anywhere.
      personal: once(() =>
        command.type === "order.receive" && order === null
          ? { customer: command.customer }
          : openPersonal(this.workspace, job.stream, order?.personal ?? null, held.keys),
      ),
      attemptNow: this.#options.attemptNow,
      keyRetention_ms: this.#options.keyRetention_ms,
    };
  }

  async #write(prepared: Prepared[], touched: Set<Held>): Promise<void> {
    const numbered = new Map(prepared.map((each) => [each.append, each]));
    const rowsOf = (part: AppendCommand[]) => {
      const changes = new RowChanges();
      part.forEach((command, i) => {
        const { before, after } = numbered.get(command)!;
        changes.add(i, before, after);
      });
      return changes.lists;
    };
    let verdicts: Verdict[];
    try {
      verdicts = await this.#appender.append(
        prepared.map(({ append }) => append),
        rowsOf,
      );
    } catch (error) {
      verdicts = prepared.map(() => ({ kind: "failed", error }));
    }

    const stale = new Set<Held>();
    prepared.forEach(({ job }, n) => {
      if (verdicts[n]!.kind === "written") return;
      stale.add(job.held);
      if (verdicts[n]!.kind === "guard") for (const held of job.permitting) stale.add(held);
    });
    for (const held of touched) {
      if (!stale.has(held)) {
        const last = prepared.findLast(({ job }) => job.held === held)!;
        held.current = held.working!;
        held.rows = last.after;
        held.freshlyWrapped = null;
      }
      held.working = null;
    }
    const written = prepared.filter((_, n) => verdicts[n]!.kind === "written");
    if (written.length > 0) this.#options.committed(written.flatMap(({ sealed }) => sealed));
    prepared.forEach(({ job, sealed, append }, n) => {
      const verdict = verdicts[n]!;
      if (verdict.kind === "written")
        job.settle({
          rejected: false,
          stream: job.stream,
          firstVersion: append.base + 1,
          count: sealed.length,
          repeated: false,
          firstPos: verdict.firstPos,
          events: sealed.map(({ recorded }) => recorded),
        });
      else if (verdict.kind === "known") job.settle(this.#knownAnswer(job, verdict));
      else if (verdict.kind === "failed") job.fail(verdict.error);
    });
    const again = prepared
      .filter((_, n) => ["conflict", "guard", "behind", "generation"].includes(verdicts[n]!.kind))
      .map(({ job }) => job);
    for (const held of stale) held.outdated = true;
    for (const job of again) {
      job.tries++;
      if (job.tries >= tries_max)
        job.settle(reject("unavailable", "Too many others are changing this at the same time. Try again."));
      else this.#queue.push(job);
    }
  }

  /** Reads again what was found to be stale, and what the fresh state is permitted by. */
  async #bringUpToDate(batch: readonly Job[]): Promise<void> {
    const mine = new Set(batch.map(({ held }) => held));
    for (const held of new Set(batch.flatMap(({ held, permitting }) => [held, ...permitting]))) {
      // What another batch is writing at this moment that batch brings up to date.
      if (!held.outdated || (held.busy && !mine.has(held))) continue;
      const busy = held.busy;
      held.busy = true;
      try {
        await this.streams.reload(held);
      } finally {
        held.busy = busy;
      }
    }
    for (const job of batch) {
      if (job.tries === 0 || job.command === null) continue;
      job.definition ??= this.#definitionOf(job.command, job.held);
      for (const wanted of permittingStreams(job.command, job.person, job.definition))
        if (!job.permitting.some(({ stream }) => stream === wanted))
          job.permitting.push(await this.streams.acquire(wanted));
      if (!job.stream.startsWith("order/")) continue;
      for (const wanted of pinnedStreams(job.held.current.state as OrderState | null))
        if (!job.pinned.some(({ stream }) => stream === wanted))
          job.pinned.push(await this.streams.acquire(wanted));
    }
  }

  /**
   * A refusal is answered when the log bears it out. The command may have been accepted before: then it gets its first
   * answer. What it was judged on may have moved on, here or in another process: then it is judged again.
   */
  async #answerRejected(rejected: readonly Rejected[]): Promise<void> {
    const checked = rejected.filter(({ job }) => job.command !== null && !job.held.broken);
    for (const { job, rejection } of rejected)
      if (job.command === null || job.held.broken) job.settle(rejection);
    if (checked.length === 0) return;
    try {
      const [known, heads] = await Promise.all([
        this.#appender.lookUp(checked.map(({ job }) => job.asking)),
        this.#appender.heads(checked.flatMap(({ basis }) => basis.map(({ held }) => held.stream))),
      ]);
      for (const { job, rejection, basis } of checked) {
        const first = known.get(commandKey(job.asking));
        const moved = basis.filter(({ held, leaf }) => (heads.get(held.stream) ?? null) !== leaf);
        if (first) job.settle(this.#knownAnswer(job, first, rejection));
        else if (moved.length === 0 || ++job.tries >= tries_max) job.settle(rejection);
        else {
          for (const { held } of moved) held.outdated = true;
          this.#queue.push(job);
        }
      }
      this.#pump();
    } catch (error) {
      for (const { job } of checked) job.fail(error);
    }
  }

  #knownAnswer(
    job: Job,
    known: { mac: string; stream: string; firstVersion: number; count: number },
    rejection?: Rejection,
  ): Accepted | Rejection {
    const { stream, firstVersion, count } = known;
    if (known.mac === job.mac)
      return { rejected: false, stream, firstVersion, count, repeated: true, firstPos: null, events: [] };
    if (rejection?.code === "contentDiffers" || rejection?.authority || rejection?.code === "invalid")
      return rejection;
    return reject("contentDiffers", "Another request was accepted under this key before.", {
      order: stream.startsWith("order/") ? stream.slice("order/".length) : undefined,
    });
  }

  async #recordRefusal(command: Command, asking: Asking, rejection: Rejection): Promise<void> {
    const { actor } = asking;
    const rule = rejection.authority!;
    const order = "order" in command ? command.order : undefined;
    const principal = actor.person ?? actor.id;
    const subject = refusalSubject(rule, order);
    // The mac is part of the name: another person's refusal, or of something else, under the same id is another refusal.
    const mac = commandMac(this.#options.keys, principalName(actor), command as unknown as Json);
    await this.#bookkeeping(`access/${principal}`, `refusal/${mac}/${asking.id}`, (held, now) => {
      const data = { rule, command: command.type, order, message: rejection.message, hour: hourOf(now) };
      const state = (held.working ?? held.current).state as AccessState | null;
      if (isRecorded(state, subject, now)) return [{ type: "accessRefused", data }];
      // Somebody who tries everything there is gets one count for all of it.
      const counted = isCrowded(state, subject, now) ? undefined : order;
      const key = `${principal}/${data.hour}/${refusalSubject(rule, counted)}`;
      const event = {
        type: "denialsCounted" as const,
        data: { rule, order: counted, hour: data.hour, count: 0 },
      };
      this.#uncount(key, principal, event, 1);
      return [];
    });
  }

  #uncount(key: string, principal: string, event: DenialsCounted, count: number): void {
    this.#uncounted.set(key, { principal, event, count: (this.#uncounted.get(key)?.count ?? 0) + count });
  }

  async #loadHistories(batch: readonly Job[]): Promise<CustomerOrders | null> {
    const asking = batch.filter(({ customerIndex }) => customerIndex !== undefined);
    if (asking.length === 0) return null;
    const history = await this.#histories.load(asking.map(({ customerIndex }) => customerIndex!));
    for (const job of asking) job.history = history;
    return history;
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

  #streamOf(command: Command): string {
    switch (command.type) {
      case "order.receive":
        return `order/${this.orderId(command.source, command.businessKey)}`;
      case "workflow.publish":
        return `workflow/${command.name}:${command.version}`;
      case "policy.publish":
        return `policy/${command.workflow}`;
      case "calendar.publish":
        return `calendar/${command.id}`;
      default:
        return "order" in command ? `order/${command.order}` : `person/${command.person}`;
    }
  }

  #definitionOf(command: Command, held: Held): WorkflowDefinition | null {
    const { definitions } = this.#options;
    if (command.type === "order.receive")
      return definitions.find((definition) => workflowReference(definition) === command.workflow) ?? null;
    if (!held.stream.startsWith("order/") || !held.current.state) return null;
    const { workflow } = held.current.state as OrderState;
    return (
      definitions.find(({ name, version }) => name === workflow.name && version === workflow.version) ?? null
    );
  }

  #customerIndex(command: Command): string | undefined {
    if (command.type !== "order.receive" && command.type !== "order.amend") return undefined;
    const reference = command.customer?.reference;
    return reference === undefined ? undefined : blindIndex(this.#options.keys, "customer/1", reference);
  }

  #emailIndex(command: PersonCommand): string | undefined {
    return command.type === "person.add" ? emailIndex(this.#options.keys, command.email) : undefined;
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function basisOf({ held, permitting }: Job): Rejected["basis"] {
  return [held, ...permitting].map((each) => ({ held: each, leaf: latestOf(each).leaf }));
}

type DenialsCounted = Extract<EventDraft, { type: "denialsCounted" }>;

/** How sign-in finds a person by e-mail without the address being anywhere in plain. */
export function emailIndex(keys: WorkspaceKeys, email: string): string {
  return blindIndex(keys, "email/1", email.trim().toLowerCase());
}

function parse(given: Command): Command | Rejection {
  const parsed = commandSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  return reject("invalid", issue.message, { field: issue.path.join(".") || undefined });
}

/** What the engine asks itself is made by the engine; everything else is parsed, also what an import hands in. */
function isOwn(command: Command, actor: AuthorizedActor): boolean {
  return actor.type === "system" && /^(timer|effect)\./.test(command.type);
}

/** The log holds `source` and `id` in every event: what it cannot hold is refused before anything is decided. */
function nameProblem({ source, id }: Asking): Rejection | null {
  if (!/^[a-z][a-z0-9.-]{0,63}$/.test(source))
    return reject("invalid", "must be lower-case letters, digits, dots and dashes, at most 64", {
      field: "source",
    });
  const bytes = Buffer.byteLength(id, "utf8");
  if (bytes === 0 || bytes > id_bytes_max || /\p{Cc}/u.test(id) || !id.isWellFormed())
    return reject("invalid", `must be a text of 1 to ${id_bytes_max} bytes without control characters`, {
      field: "id",
    });
  return null;
}

function unwritable({ pointer, problem }: CanonicalError): Rejection {
  // The mac is made first, over [version, principal, command]: the path goes through the third.
  const field = pointer.replace(/^\/2\//, "").replaceAll("/", ".");
  return reject("invalid", problem, { field });
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

function principalName({ type, id }: AuthorizedActor): string {
  return `${type}/${id}`;
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
