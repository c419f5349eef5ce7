import { type AuthorizedActor, isAuthorizedActor, UnauthorizedActorError } from "#lib/domain/authority";
import { type Command, commandSchema } from "#lib/domain/commands";
import type { OrderState } from "#lib/domain/order";
import { isRejection, type Rejection, reject } from "#lib/domain/rejection";
import type { Stopped } from "#lib/domain/workspace";
import { CanonicalError, type Json } from "#lib/log/canonical";
import { commandMac, orderId } from "#lib/log/keys";
import { Appender, commandKey, RowsVersionError } from "./append";
import { Batches } from "./batches";
import { Decider, type DeciderOptions } from "./decider";
import { otherAdmins, permittingStreams, pinnedStreams, stoppedFact } from "./fact-loader";
import type { Accepted, Asking } from "./job";
import { type Bookkeeping, Refusals } from "./refusals";
import type { SealedEvent } from "./seal";
import { type Held, Streams } from "./streams";
import { systemActor } from "./system-actor";
import { unavailability } from "./unavailable";

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
 * when it can't be told whether, or is certain that not, the command was written. That the database takes no writes is told
 * as a refusal to whoever is no part of the engine itself.
 */
export type EngineOptions = DeciderOptions & {
  /** Called after each commit with what this process wrote, before anybody is answered. */
  committed(events: readonly SealedEvent[]): void;
  /** Told when a newer version has taken over the workspace: nothing this process is asked for will be written any more. */
  superseded?(why: string): void;
  rowsVersion?: number;
  held_max?: number;
};

const held_default = 50_000;
const id_bytes_max = 400;

export class Engine {
  readonly workspace: string;
  readonly streams: Streams;
  readonly #options: EngineOptions;
  readonly #appender: Appender;
  readonly #decider: Decider;
  readonly #batches: Batches;
  readonly #refusals: Refusals;
  readonly #running = new Set<string>();
  #own: Held | null = null;

  constructor(options: EngineOptions) {
    const { database, keys, randomBytes, committed, held_max = held_default } = options;
    this.#options = options;
    this.workspace = keys.workspace;
    this.streams = new Streams(database, keys, randomBytes, held_max);
    this.#appender = new Appender(database, this.workspace, options.rowsVersion);
    this.#decider = new Decider(options, this.streams);
    this.#batches = new Batches(this.streams, this.#decider, this.#appender, committed);
    this.#refusals = new Refusals(this.#bookkeeping, randomBytes);
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
      if (isRejection(result) && result.authority)
        await this.#refusals.record(command, asking, result, this.#macOf(command, actor));
      return result;
    } catch (error) {
      this.#noticeSuccessor(error);
      // A text the log cannot hold, in a member whose schema lets any text through.
      if (error instanceof CanonicalError) return unwritable(error);
      // Who drives the engine hears of it as the trouble it is, and says so in the log.
      const unavailable = actor.type === "system" ? null : unavailability(error);
      if (unavailable) return unavailable;
      throw error;
    } finally {
      this.#running.delete(running);
    }
  }

  /** The order a client's business key stands for, known before it is received. */
  orderId(source: string, businessKey: string): string {
    return orderId(this.#options.keys, source, businessKey);
  }

  /**
   * Looks whether this process may write at all, and learns which switches others have thrown. Throws `RowsVersionError`
   * when it may not.
   */
  async look(): Promise<void> {
    try {
      const { ownVersion } = await this.#appender.readHead();
      // Stays in memory from now on: whether dispatch is paused is asked for again and again.
      this.#own ??= await this.streams.acquire(`workspace/${this.workspace}`);
      if (this.#own.current.version < ownVersion && !this.#own.busy) await this.streams.reload(this.#own);
    } catch (error) {
      this.#noticeSuccessor(error);
      throw error;
    }
  }

  /** Who has paused dispatch or stopped intake, as far as this process knows. */
  get stopped(): Stopped {
    return stoppedFact(this.#own ?? this.streams.peek(`workspace/${this.workspace}`));
  }

  #noticeSuccessor(error: unknown): void {
    if (error instanceof RowsVersionError && error.superseded) this.#options.superseded?.(error.message);
  }

  /** Writes what was refused beyond the first few, once its hour is over (or at once, when the process stops). */
  async countDenials(stopping = false): Promise<void> {
    await this.#refusals.count(this.#options.clock.now(), stopping);
  }

  async #submit(command: Command, asking: Asking): Promise<Accepted | Rejection> {
    const stream = this.#streamOf(command);
    const { person } = asking.actor;
    const held = await this.streams.acquire(stream);
    // A command that is decided again may need more of them: what the batch adds is released here too.
    const permitting: Held[] = [];
    const pinned: Held[] = [];
    try {
      const definition = this.#decider.definitionOf(command, held);
      if (definition === null && command.type === "order.receive")
        return reject("invalid", `There is no workflow ${command.workflow}.`, { field: "workflow" });
      const { database } = this.#options;
      for (const wanted of [
        ...permittingStreams(command, { person, definition, workspace: this.workspace }),
        ...(await otherAdmins(database, this.workspace, command, person)),
      ])
        permitting.push(await this.streams.acquire(wanted));
      if (stream.startsWith("order/"))
        for (const wanted of pinnedStreams(held.current.state as OrderState | null))
          pinned.push(await this.streams.acquire(wanted));
      return await this.#batches.add({
        command,
        asking,
        stream,
        mac: this.#macOf(command, asking.actor),
        definition,
        person,
        customerIndex: this.#decider.customerIndexOf(command),
        decide: null,
        held,
        permitting,
        pinned,
      });
    } finally {
      for (const each of [held, ...permitting, ...pinned]) this.streams.release(each);
    }
  }

  readonly #bookkeeping: Bookkeeping = async (stream, id, decide) => {
    const held = await this.streams.acquire(stream);
    try {
      await this.#batches.add({
        command: null,
        asking: { actor: systemActor(this.workspace, "dispatcher"), source: "engine", id },
        stream,
        mac: commandMac(this.#options.keys, "system/engine", id),
        definition: null,
        person: undefined,
        customerIndex: undefined,
        decide,
        held,
        permitting: [],
        pinned: [],
      });
    } finally {
      this.streams.release(held);
    }
  };

  #macOf(command: Command, { type, id }: AuthorizedActor): string {
    return commandMac(this.#options.keys, `${type}/${id}`, command as unknown as Json);
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
      case "log.adopt":
      case "dispatch.pause":
      case "dispatch.resume":
      case "intake.stop":
      case "intake.open":
        return `workspace/${this.workspace}`;
      default:
        return "order" in command ? `order/${command.order}` : `person/${command.person}`;
    }
  }
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
