import type { RuleName } from "#lib/domain/policy";
import { isRejection, type Rejection } from "#lib/domain/rejection";
import type { Engine } from "#lib/engine/execute";
import type { Accepted } from "#lib/engine/job";
import { systemActor } from "#lib/engine/system-actor";
import type { CsvFile } from "./csv";
import type { Field } from "./mapping";
import { type Reading, type ReadOrder, type ReceiveOrder, readOrders } from "./orders";
import type { Refusal } from "./refusals";

/**
 * Hands a file's orders to the engine, many at once so that they share commits, and counts what becomes of them.
 *
 * Each is the command `import`, `<source>/<businessKey>`: the same row again gets the first answer, also after a kill in
 * the middle, and the same number with another content is refused. Orders of one number, and those of one customer, go in
 * one after the other, so that policy judges each by all that stand before it in the file.
 */
export type Counts = {
  rows: number;
  received: number;
  repeated: number;
  refused: number;
  passed: number;
  toReview: number;
  byRule: Map<RuleName, number>;
  byReason: Map<string, number>;
};

export type ImportOptions = {
  engine: Engine;
  file: CsvFile;
  reading: Reading;
  split: ReadonlySet<string>;
  concurrency: number;
  /** Resolves when one more order may come in. */
  room(signal: AbortSignal, underWay: () => number): Promise<void>;
  refuse(refusal: Refusal): void;
  progress(counts: Counts): void;
  /** Stops the import after what is under way. */
  signal: AbortSignal;
};

/** Throws what the database throws, once everything under way has been settled. */
export async function importOrders(options: ImportOptions): Promise<Counts> {
  const counts: Counts = {
    rows: 0,
    received: 0,
    repeated: 0,
    refused: 0,
    passed: 0,
    toReview: 0,
    byRule: new Map(),
    byReason: new Map(),
  };
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  const running = new Set<Promise<void>>();
  /** What is last in each lane of orders that go one after the other. */
  const last = new Map<string, Promise<void>>();
  let failure: { error: unknown } | null = null;
  let freed = () => {};

  const finish = (order: ReadOrder) => {
    counts.rows += order.rows.length;
    options.progress(counts);
  };
  const refuse = (refusal: Refusal) => {
    counts.refused++;
    const [{ field, why }] = refusal.problems as [Refusal["problems"][number]];
    count(counts.byReason, field ? `${field} ${why}` : why);
    options.refuse(refusal);
  };
  const submit = async (order: ReadOrder & { command: ReceiveOrder }) => {
    const { source } = options.reading;
    const answer = await options.engine.execute(order.command, {
      actor: systemActor(options.engine.workspace, "import"),
      source: "import",
      id: `${source}/${order.key}`,
    });
    if (!isRejection(answer)) tally(counts, answer);
    else if (answer.code === "alreadyReceived") counts.repeated++;
    else refuse(refusalOf(order, answer, options.reading.mapping.columns));
  };

  try {
    for await (const order of readOrders(options.file, options.reading, options.split)) {
      if (signal.aborted) break;
      if (order.command === null) {
        refuse(order);
        finish(order);
        continue;
      }
      await options.room(signal, () => running.size);
      while (running.size >= options.concurrency)
        await new Promise<void>((resolve) => {
          freed = resolve;
        });
      if (signal.aborted) break;
      const lanes = lanesOf(order);
      const done = Promise.all(lanes.map((lane) => last.get(lane)))
        .then(() => (signal.aborted ? undefined : submit(order).then(() => finish(order))))
        .catch((error: unknown) => {
          failure ??= { error };
          stopped.abort();
        })
        .finally(() => {
          running.delete(done);
          for (const lane of lanes) if (last.get(lane) === done) last.delete(lane);
          freed();
        });
      for (const lane of lanes) last.set(lane, done);
      running.add(done);
    }
  } catch (error) {
    if (!signal.aborted) failure ??= { error };
  }
  await Promise.all(running);
  if (failure) throw (failure as { error: unknown }).error;
  return counts;
}

function lanesOf({ key, command }: { key: string; command: ReceiveOrder }): string[] {
  const customer = command.customer?.reference;
  return customer === undefined ? [`order ${key}`] : [`order ${key}`, `customer ${customer}`];
}

function tally(counts: Counts, { repeated, events }: Accepted): void {
  if (repeated) {
    counts.repeated++;
    return;
  }
  counts.received++;
  const checked = events.find((event) => event.type === "policyChecked");
  if (checked?.type !== "policyChecked") return;
  if (checked.data.outcome === "pass") counts.passed++;
  else counts.toReview++;
  for (const { rule, result } of checked.data.results) if (result === "review") count(counts.byRule, rule);
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function refusalOf(
  { key, rows }: ReadOrder,
  rejection: Rejection,
  columns: { [field in Field]?: string },
): Refusal {
  // The log speaks of the customer and the lines as wholes, the file has a column for each part of them.
  const named = (member: string) => {
    const parts = Object.entries(columns).filter(
      ([field]) => field === member || field.startsWith(`${member.replace(/s$/, "")}.`),
    );
    return parts.length > 0 ? parts.map(([, name]) => name).join(", ") : member;
  };
  const problem = {
    row: rows[0]!.number,
    field: (rejection.differs ?? [rejection.field ?? ""]).map(named).join(", "),
    value: "",
    why: rejection.message.replace(/\.$/, ""),
    right:
      rejection.code === "contentDiffers"
        ? "what was received before; an order that changed is amended in the console, another one has another number"
        : "see the reason",
  };
  return { key, rows, problems: [problem] };
}
