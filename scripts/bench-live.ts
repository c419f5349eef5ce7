/**
 * `npm run bench:live [-- --clients 200] [--rounds 200] [--json]`: how long it takes until everybody hears what happened. A built
 * console on a throwaway database with fsync on; an engine of another process commits, and so many browsers' streams are open at
 * the console, of reviewers, supervisors, auditors and requesters alike, each with a session of its own.
 *
 * Taken is, for every stream and every order that came in, the time from the commit's answer to the message having been read, in
 * milliseconds: `alone` with nothing else going on, and `busy` with 20 orders a second at random moments. The streams are read by
 * this process, on the same machine, and its share is in the figures. The first tenth of the rounds warms up and is left out.
 */
import { type ClientRequest, get } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import { parseArgs } from "node:util";
import { encode } from "next-auth/jwt";
import { beginSession } from "#lib/auth/live-session";
import { env } from "#lib/env";
import { type BenchConsole, withConsole } from "./bench/console";
import { type Spread, spread } from "./bench/figures";
import { accepted, largeOrder } from "./bench/workload";

const cast = {
  reviewer: "reviewer",
  supervisor: "supervisor",
  auditor: "auditor",
  requester: "requester",
} as const;
const aloneEvery_ms = 250;
const busyPer_s = 20;
const patience_ms = 10_000;
const message = /event: (\w+)\ndata: (.*)$/;

type Stream = { request: ClientRequest; arrivals: { next: number; at: number }[]; broken: boolean };
type Committed = { last: number; at: number };

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "200" },
    rounds: { type: "string", default: "200" },
    json: { type: "boolean", default: false },
  },
});
const clients = Number(values.clients);
const rounds = Number(values.rounds);

await withConsole({ carrier: false, connections: 1 }, async (bench) => {
  for (const [id, role] of Object.entries(cast)) await bench.addPerson(id, role);
  const streams = await openStreams(bench);
  const alone = await measured(bench, streams, "alone", () => aloneEvery_ms);
  // Moments as those of people who know nothing of each other.
  const busy = await measured(
    bench,
    streams,
    "busy",
    () => (-Math.log(1 - Math.random()) * 1_000) / busyPer_s,
  );
  for (const { request } of streams) request.destroy();
  if (values.json) console.log(JSON.stringify({ clients, rounds, alone, busy }));
  else console.log(`${clients} streams, ${rounds} orders each, ms:`, { alone, busy });
});
process.exit(0);

async function openStreams({ context, url }: BenchConsole): Promise<Stream[]> {
  const people = Object.keys(cast);
  const streams: Stream[] = [];
  for (let n = 0; n < clients; n++) {
    const person = people[n % people.length]!;
    const token = { sub: person, sessionId: await beginSession(context, person) };
    const session = await encode({ token, secret: env("NEXTAUTH_SECRET") });
    streams.push(await openStream(`${url}/live`, `next-auth.session-token=${session}`));
  }
  return streams;
}

/** Resolves when the stream has said that it is open. */
function openStream(url: string, cookie: string): Promise<Stream> {
  return new Promise((open, fail) => {
    const request = get(url, { agent: false, headers: { cookie } }, (response) => {
      if (response.statusCode !== 200) return fail(new Error(`/live answered ${response.statusCode}.`));
      const stream: Stream = { request, arrivals: [], broken: false };
      let rest = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        const parts = `${rest}${text}`.split("\n\n");
        rest = parts.pop() ?? "";
        for (const part of parts) {
          const [, kind, data] = message.exec(part) ?? [];
          const { next } = JSON.parse(data ?? "{}") as { next: number };
          if (kind === "hello") open(stream);
          if (kind === "changes") stream.arrivals.push({ next, at: performance.now() });
        }
      });
      response.once("close", () => {
        stream.broken = true;
      });
    });
    request.once("error", fail);
  });
}

async function measured(
  { runtime, actor }: BenchConsole,
  streams: readonly Stream[],
  name: string,
  wait_ms: () => number,
): Promise<Spread> {
  for (const { arrivals } of streams) arrivals.length = 0;
  const requester = await actor("requester");
  const committed: Committed[] = [];
  const commit = async (n: number) => {
    const order = { type: "order.receive", ...largeOrder(`${name}-${n}`, n) } as const;
    const { firstPos, count } = await accepted(runtime, requester, `${name}-${n}`, order);
    committed.push({ last: firstPos! + count - 1, at: performance.now() });
  };
  const commits: Promise<void>[] = [];
  for (let n = 0; n < rounds * 1.1; n++) {
    commits.push(commit(n));
    await after(wait_ms());
  }
  await Promise.all(commits);
  const end = Math.max(...committed.map(({ last }) => last));
  await untilAllHeard(streams, end);
  return spread(committed.slice(-rounds).flatMap((one) => streams.map((stream) => takenBy(stream, one))));
}

async function untilAllHeard(streams: readonly Stream[], end: number): Promise<void> {
  const until = performance.now() + patience_ms;
  const heard = ({ arrivals }: Stream) => (arrivals.at(-1)?.next ?? 0) > end;
  while (!streams.every(heard)) {
    if (streams.some(({ broken }) => broken)) throw new Error("A stream was closed.");
    if (performance.now() > until) throw new Error("Not every stream has heard of everything.");
    await after(50);
  }
}

/** Heard before the commit was answered is heard at once. */
function takenBy({ arrivals }: Stream, { last, at }: Committed): number {
  return Math.max(0, arrivals.find(({ next }) => next > last)!.at - at);
}
