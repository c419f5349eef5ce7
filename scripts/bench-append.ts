/**
 * `npm run bench:append [-- --json] [--streams 1000] [--rounds 10] [--runs 3]`: events a second through append() alone.
 *
 * Each command brings ten sealed events of about 700 bytes to one of 1,000 streams; fifty commands go in a call, two calls
 * are under way at once, on a throwaway cluster with fsync on. Sealing is counted, deciding and projecting are not.
 * The figure is the median over the runs; a first one warms up and is left out.
 */
import { parseArgs } from "node:util";
import { wallClock } from "#lib/clock";
import { openDatabase } from "#lib/db";
import { defaultPolicy } from "#lib/domain/policy";
import { type AppendCommand, Appender } from "#lib/engine/append";
import { pooledRandomBytes } from "#lib/engine/random";
import { Sealer } from "#lib/engine/seal";
import { type BenchDatabase, withBenchDatabase } from "./bench/database";
import { median, seconds } from "./bench/figures";

const events_per_command = 10;
const commands_per_call = 50;
const note = "x".repeat(120);

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    streams: { type: "string", default: "1000" },
    rounds: { type: "string", default: "10" },
    runs: { type: "string", default: "3" },
  },
});

const randomBytes = pooledRandomBytes();

/** One stream's end, as its writer knows it. */
class Head {
  #version = 0;
  #leaf: string | null = null;

  constructor(
    readonly workspace: string,
    readonly stream: string,
  ) {}

  next(): AppendCommand {
    const now = wallClock.now();
    const base = this.#version;
    const command = { source: "bench", id: `${this.stream}/${base}`, mac: "0".repeat(64) };
    const actor = { type: "system", id: "operator" } as const;
    const { workspace, stream } = this;
    const sealer = new Sealer(
      { workspace, stream, occurredAt: now, recordedAt: now, actor, command },
      randomBytes,
    );
    const events = Array.from({ length: events_per_command }, () => {
      const draft = { type: "policyPublished", data: { parameters: defaultPolicy, note } } as never;
      const { body, recorded } = sealer.seal(draft, ++this.#version, this.#leaf, null);
      this.#leaf = recorded.leaf;
      return { type: recorded.type, schema: 1, body };
    });
    return {
      ...command,
      stream,
      base,
      opening: sealer.opening,
      occurredAt: now,
      recordedAt: now,
      events,
      guards: [],
      subjectKey: null,
    };
  }
}

await withBenchDatabase(async (database) => {
  const rates: number[] = [];
  for (let run = 0; run <= Number(values.runs); run++) {
    const rate = await append(database, `run-${run}`);
    if (run > 0) rates.push(rate);
    if (!values.json) console.log(run === 0 ? "warming up" : `run ${run}`, Math.round(rate), "events/s");
  }
  const result = { appendedEventsPerSecond: Math.round(median(rates)) };
  console.log(values.json ? JSON.stringify(result) : result);
});

async function append(bench: BenchDatabase, workspace: string): Promise<number> {
  await bench.makeWorkspace(workspace);
  const database = openDatabase(bench.databaseUrl, 2);
  const appender = new Appender(database, workspace);
  const heads = Array.from({ length: Number(values.streams) }, (_, n) => new Head(workspace, `policy/${n}`));
  const rounds = Number(values.rounds);
  const calls: Head[][] = [];
  for (let round = 0; round < rounds; round++)
    for (let n = 0; n < heads.length; n += commands_per_call)
      calls.push(heads.slice(n, n + commands_per_call));
  const waiting = calls.values();
  // Two over disjoint streams: calls are taken in turn, and a stream's next one is a round away.
  const work = async () => {
    for (const call of waiting) {
      const verdicts = await appender.append(
        call.map((head) => head.next()),
        () => Array(6).fill(null),
      );
      const lost = verdicts.find(({ kind }) => kind !== "written");
      if (lost) throw new Error(`A command of the bench was not written: ${JSON.stringify(lost)}`);
    }
  };
  const taken_s = await seconds(async () => void (await Promise.all([work(), work()])));
  await database.$disconnect();
  return (heads.length * rounds * events_per_command) / taken_s;
}
