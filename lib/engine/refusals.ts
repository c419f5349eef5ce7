import { type AccessState, hourOf, isCrowded, isRecorded, refusalSubject } from "#lib/domain/access";
import type { Command } from "#lib/domain/commands";
import type { EventDraft } from "#lib/domain/events";
import type { Rejection } from "#lib/domain/rejection";
import type { Asking } from "./job";
import { type Held, latestOf } from "./streams";

type DenialsCounted = Extract<EventDraft, { type: "denialsCounted" }>;

/** Writes to a principal's own stream, as the engine's bookkeeping. Nothing is written when `decide` gives no event. */
export type Bookkeeping = (
  stream: string,
  id: string,
  decide: (held: Held, now: string) => EventDraft[],
) => Promise<unknown>;

/**
 * Refusals for want of authority, in the stream of who was refused: the first few an hour one by one, then a count, so
 * that trying over and over cannot fill the log. What is not yet counted is lost when the process is killed.
 */
export class Refusals {
  readonly #uncounted = new Map<string, { principal: string; count: number; event: DenialsCounted }>();

  constructor(
    readonly write: Bookkeeping,
    readonly randomBytes: (count: number) => Uint8Array,
  ) {}

  /** `mac` is part of the name: another person's refusal, or of something else, under the same id is another refusal. */
  async record(command: Command, asking: Asking, rejection: Rejection, mac: string): Promise<void> {
    const { actor } = asking;
    const rule = rejection.authority!;
    const order = "order" in command ? command.order : undefined;
    const principal = actor.person ?? actor.id;
    const subject = refusalSubject(rule, order);
    await this.write(`access/${principal}`, `refusal/${mac}/${asking.id}`, (held, now) => {
      const data = { rule, command: command.type, order, message: rejection.message, hour: hourOf(now) };
      const state = latestOf(held).state as AccessState | null;
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

  /** Writes what was refused beyond the first few, once its hour is over (or at once, when the process stops). */
  async count(now: string, stopping: boolean): Promise<void> {
    const hour = hourOf(now);
    for (const [key, { principal, count, event }] of [...this.#uncounted]) {
      if (!stopping && event.data.hour >= hour) continue;
      this.#uncounted.delete(key);
      try {
        // Each count is a command of its own: another process, or this one before it stopped, counts others.
        await this.write(
          `access/${principal}`,
          `denials/${Buffer.from(this.randomBytes(16)).toString("hex")}`,
          () => [{ ...event, data: { ...event.data, count } }],
        );
      } catch (error) {
        this.#uncount(key, principal, event, count);
        throw error;
      }
    }
  }

  #uncount(key: string, principal: string, event: DenialsCounted, count: number): void {
    this.#uncounted.set(key, { principal, event, count: (this.#uncounted.get(key)?.count ?? 0) + count });
  }
}
