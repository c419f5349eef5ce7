import { z } from "zod";
import type { AuthorizedActor } from "#lib/domain/authority";
import { isRejection, type Rejection } from "#lib/domain/rejection";
import { evidenceAsOf } from "#lib/queries/evidence-as-of";
import { namesOf } from "#lib/queries/people-names";
import { queue } from "#lib/queries/queue";
import { cutNamed } from "#lib/queries/queue-cut";
import { logFailure } from "#lib/web/log-failure";
import type { BulkResult } from "../../components/bulk-client";
import { engine } from "../engine";
import { store } from "../reading";

/**
 * One verdict on many orders: a job of the server that lives as long as the page that asked for it listens. Each order is
 * decided by a command of its own, whose id comes from the job and the task, so that a job sent twice decides once; what
 * becomes of one says nothing of the others. There is no time to take it back: the effects follow at once.
 */
export const bulkRequest = z.strictObject({
  job: z.uuid(),
  /** Whom the page was drawn for that asks. */
  drawnFor: z.string(),
  step: z.string().min(1).max(80),
  verdict: z.string().min(1).max(40),
  note: z.string().max(4_000),
  /** The instant of the list that was looked at: what changed after it nobody has seen. */
  asOf: z.iso.datetime({ precision: 3 }),
  tasks: z.union([
    z
      .array(z.strictObject({ order: z.string().max(64), visit: z.int().positive() }))
      .min(1)
      .max(1_000),
    /** All of a cut of the queue, by its name, that were in it at `asOf`. */
    z.strictObject({ view: z.string().refine((name) => cutNamed(name) !== null, "is no cut of the queue") }),
  ]),
});
export type BulkRequest = z.infer<typeof bulkRequest>;

/** `number` is the client's own, where the page that asks does not have it. */
type Task = { order: string; visit: number; number?: string };

const at_once = 50;

/** The results, one after the other as they become known. Ends early when `stopped` says so. */
export async function* decideMany(
  actor: AuthorizedActor,
  request: BulkRequest,
  now: () => string,
  stopped: () => boolean,
): AsyncGenerator<BulkResult> {
  for await (const tasks of batchesOf(actor, request, now)) {
    if (stopped()) return;
    yield* await Promise.all(tasks.map((task) => decideOne(actor, request, task)));
  }
}

async function* batchesOf(
  actor: AuthorizedActor,
  { tasks, step, asOf }: BulkRequest,
  now: () => string,
): AsyncGenerator<Task[]> {
  if (Array.isArray(tasks)) {
    for (let n = 0; n < tasks.length; n += at_once) yield tasks.slice(n, n + at_once);
    return;
  }
  const cut = cutNamed(tasks.view);
  if (!cut) return;
  let cursor: string | undefined;
  // By time to breach, whatever the list is sorted by: in another order not all of it can be walked.
  do {
    const { lines, next } = await queue(actor, store(), now(), { ...cut, sort: undefined, cursor });
    yield lines
      .filter((line) => line.step === step && line.openedAt <= asOf)
      .map(({ order, visit, businessKey }) => ({ order, visit, number: businessKey }));
    cursor = next ?? undefined;
  } while (cursor);
}

async function decideOne(
  actor: AuthorizedActor,
  { job, step, verdict, note, asOf }: BulkRequest,
  { order, visit, number }: Task,
): Promise<BulkResult> {
  const key = `${order}/${step}/${visit}`;
  const notDone = (why: string): BulkResult => ({ key, number, done: false, why });
  try {
    const evidence = await evidenceAsOf(actor, store(), { order, step, asOf });
    if (evidence === null) return notDone("The order changed after this list was shown. Look at it again.");
    const result = await (await engine()).execute(
      {
        type: "task.decide",
        order,
        step,
        visit,
        verdict,
        evidence,
        note: note.trim() || undefined,
        undo_ms: 0,
      },
      { actor, source: "console", id: `${job}/${key}` },
    );
    return isRejection(result) ? notDone(await whyNot(result)) : { key, done: true };
  } catch (error) {
    const reference = logFailure("one of many decisions", error);
    return notDone(`That did not work, and it is not your fault; reference ${reference}.`);
  }
}

async function whyNot({ code, message, whoCan }: Rejection): Promise<string> {
  if (code !== "heldByAnother" || !whoCan) return message;
  const names = await namesOf(store(), [whoCan]);
  return `${names.person(whoCan)} has claimed it.`;
}
