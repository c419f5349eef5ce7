import type { OrderState } from "#lib/domain/order";
import { isRejection, type Rejection, reject } from "#lib/domain/rejection";
import { type AppendCommand, type Appender, commandKey, type Verdict } from "./append";
import type { Decider, Prepared } from "./decider";
import { type CustomerOrders, permittingStreams, pinnedStreams } from "./fact-loader";
import type { Accepted, Job } from "./job";
import { RowChanges } from "./projector";
import type { SealedEvent } from "./seal";
import { type Held, latestOf, type Streams } from "./streams";

/** A refusal and what it was judged on. */
type Rejected = { job: Job; rejection: Rejection; basis: { held: Held; leaf: string | null }[] };

const events_per_batch_max = 500;
const batches_max = 2;
const worthSplitting = 16;
const tries_max = 12;

/**
 * Group commit: while one batch is being written the next one gathers, and a lone command waits for nobody.
 *
 * Two batches are under way at most, over disjoint streams: one is decided and sealed here while the database writes the
 * other. Losers of an append are decided again on the state that beat them; a refusal is answered when the log bears it out.
 */
export class Batches {
  #queue: Job[] = [];
  #writing = 0;
  #pumping = false;

  constructor(
    readonly streams: Streams,
    readonly decider: Decider,
    readonly appender: Appender,
    readonly committed: (events: readonly SealedEvent[]) => void,
  ) {}

  /** Settles when the command is in the log or known not to be. */
  add(job: Omit<Job, "settle" | "fail" | "tries" | "history">): Promise<Accepted | Rejection> {
    return new Promise((settle, fail) => {
      this.#queue.push({ ...job, tries: 0, history: null, settle, fail });
      this.#pump();
    });
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
      history = await this.decider.openHistories(batch);
      for (const [n, job] of batch.entries()) {
        if (events >= events_per_batch_max) {
          const later = batch.splice(n);
          const writing = new Set(batch.map(({ held }) => held));
          for (const { held } of later) if (!writing.has(held)) held.busy = false;
          this.#queue.unshift(...later);
          break;
        }
        try {
          const made = this.decider.prepare(job, touched);
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
      this.decider.closeHistories(batch, history);
      for (const { held } of batch) held.busy = false;
    }
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
      verdicts = await this.appender.append(
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
    if (written.length > 0) this.committed(written.flatMap(({ sealed }) => sealed));
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
      else if (verdict.kind === "known") job.settle(knownAnswer(job, verdict));
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
      job.definition ??= this.decider.definitionOf(job.command, job.held);
      const { person, definition } = job;
      const { workspace } = this.decider;
      for (const wanted of permittingStreams(job.command, { person, definition, workspace }))
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
        this.appender.lookUp(checked.map(({ job }) => job.asking)),
        this.appender.heads(checked.flatMap(({ basis }) => basis.map(({ held }) => held.stream))),
      ]);
      for (const { job, rejection, basis } of checked) {
        const first = known.get(commandKey(job.asking));
        const moved = basis.filter(({ held, leaf }) => (heads.get(held.stream) ?? null) !== leaf);
        if (first) job.settle(knownAnswer(job, first, rejection));
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
}

function knownAnswer(
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

function basisOf({ held, permitting }: Job): Rejected["basis"] {
  return [held, ...permitting].map((each) => ({ held: each, leaf: latestOf(each).leaf }));
}
