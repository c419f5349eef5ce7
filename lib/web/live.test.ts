import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AuthorizedActor, mintActor, type Role } from "#lib/domain/authority";
import {
  beat_ms,
  buffered_bytes_max,
  gap_ms,
  LiveHub,
  type LiveSource,
  processHub,
  streams_per_session_max,
} from "./live";

type Batch = { next: number; from: number | null };

/** The next position of a log that the tests let grow. */
let log: number;
let reads: (number | null)[];
let alive: Map<string, AuthorizedActor>;
let failures: unknown[];
let listener: ((next: number) => void) | null;
let source: LiveSource<Batch>;
let hub: LiveHub<Batch>;

beforeEach(() => {
  vi.useFakeTimers();
  [log, reads, alive, failures, listener] = [10, [], new Map(), [], null];
  source = {
    async read(from) {
      reads.push(from);
      return { next: log, from };
    },
    heard: (actor, { from, next }) => (actor.roles.length > 0 ? { from, next, who: actor.roles } : null),
    audience: ({ roles }) => roles.join(),
    follow: async (given) => {
      listener = given;
      return () => {
        listener = null;
      };
    },
    alive: async (sessions) => new Map([...alive].filter(([session]) => sessions.includes(session))),
    failed: (error) => failures.push(error),
  };
  hub = new LiveHub(source);
});
afterEach(() => {
  hub.close();
  vi.useRealTimers();
});

function actor(session: string, role: Role | null = "reviewer", person = session): AuthorizedActor {
  const minted = mintActor({
    workspace: "main",
    type: "person",
    id: person,
    person,
    session,
    roles: role ? [role] : [],
  });
  alive.set(session, minted);
  return minted;
}

type Reader = {
  heard: { kind: string; data: Record<string, unknown> }[];
  ended: string | null;
  chunks: Uint8Array[];
};

/** Reads a stream as a browser does, as long as it has something. */
function read(stream: ReadableStream<Uint8Array>): Reader {
  const reader: Reader = { heard: [], ended: null, chunks: [] };
  const decoder = new TextDecoder();
  void (async () => {
    try {
      for await (const chunk of stream) {
        reader.chunks.push(chunk);
        for (const text of decoder.decode(chunk).split("\n\n").filter(Boolean)) {
          const [, kind, data] = /event: (\w+)\ndata: (.*)$/.exec(text)!;
          reader.heard.push({ kind: kind!, data: JSON.parse(data!) });
        }
      }
      reader.ended = "closed";
    } catch (error) {
      reader.ended = (error as Error).name;
    }
  })();
  return reader;
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const commit = (events = 1) => {
  log += events;
  listener?.(log);
};
const changesOf = ({ heard }: Reader) =>
  heard.filter(({ kind }) => kind === "changes").map(({ data }) => data);

test("two hundred streams hear of a commit by one read, and those who hear the same by the same bytes", async () => {
  const readers: Reader[] = [];
  for (let n = 0; n < 200; n++)
    readers.push(read(await hub.open(actor(`s${n}`, n % 2 ? "reviewer" : "auditor"), null)));
  await settle();
  reads = [];
  commit(3);
  await settle();
  expect(reads).toEqual([10]);
  for (const reader of readers) expect(changesOf(reader)).toMatchObject([{ from: 10, next: 13 }]);
  const written = new Set(readers.map(({ chunks }) => chunks.at(-1)));
  expect(written.size).toBe(2);
});

test("a burst of commits is one more read, and nothing of it is lost", async () => {
  const reader = read(await hub.open(actor("s"), null));
  await settle();
  reads = [];
  for (let n = 0; n < 100; n++) commit();
  await settle();
  for (let n = 0; n < 100; n++) commit();
  await vi.advanceTimersByTimeAsync(gap_ms);
  // The first commit is read at once, what came while it was told of together.
  expect(reads).toEqual([10, 11]);
  expect(changesOf(reader).at(-1)).toMatchObject({ next: 210 });
  await vi.advanceTimersByTimeAsync(10 * gap_ms);
  expect(reads).toHaveLength(2);
});

test("while nobody listens nothing is read, and the position is known all the same", async () => {
  await settle();
  expect(hub.position).toBeNull();
  await settle();
  expect(hub.position).toBe(10);
  reads = [];
  commit(5);
  await vi.advanceTimersByTimeAsync(2 * beat_ms);
  expect(reads).toEqual([]);
  expect(hub.position).toBe(15);
});

describe("catching up", () => {
  test("who comes back hears what was missed, and then goes on with the others", async () => {
    await hub.open(actor("first"), null);
    commit(4);
    await settle();
    const back = read(await hub.open(actor("back"), 11));
    await settle();
    expect(changesOf(back)).toMatchObject([{ from: 11, next: 14 }]);
    commit();
    await vi.advanceTimersByTimeAsync(gap_ms);
    expect(changesOf(back)).toMatchObject([{ next: 14 }, { from: 14, next: 15 }]);
  });

  test("what is recorded while somebody catches up is not missed", async () => {
    const slow = source.read;
    await hub.open(actor("first"), null);
    source.read = async (from) => {
      const batch = await slow(from);
      if (from === 5) await new Promise((resolve) => setTimeout(resolve, 500));
      return batch;
    };
    const back = read(await hub.open(actor("back"), 5));
    await settle();
    commit(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(changesOf(back)).toMatchObject([
      { from: 5, next: 10 },
      { from: 10, next: 12 },
    ]);
  });

  test("many who come back from the same position are one read", async () => {
    await hub.open(actor("first"), null);
    reads = [];
    const quick = source.read;
    source.read = async (from) => {
      const batch = await quick(from);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return batch;
    };
    const readers: Reader[] = [];
    for (let n = 0; n < 50; n++) readers.push(read(await hub.open(actor(`s${n}`), 7)));
    await vi.advanceTimersByTimeAsync(20);
    expect(reads).toEqual([7]);
    for (const reader of readers) expect(changesOf(reader)).toHaveLength(1);
  });

  test("who has followed a log that was put back since is told once, and follows it from there", async () => {
    const ahead = read(await hub.open(actor("ahead"), 99));
    await settle();
    expect(changesOf(ahead)).toMatchObject([{ from: 99, next: 10 }]);
    commit();
    await vi.advanceTimersByTimeAsync(gap_ms);
    expect(changesOf(ahead).at(-1)).toMatchObject({ from: 10, next: 11 });
  });

  test("a log that is put back under the hub is found at the next beat", async () => {
    const reader = read(await hub.open(actor("s"), null));
    await settle();
    log = 4;
    await vi.advanceTimersByTimeAsync(beat_ms);
    expect(changesOf(reader)).toMatchObject([{ from: 10, next: 4 }]);
    expect(hub.position).toBe(4);
  });
});

test("a reader who does not keep up is cut off, and keeps no more than a stream may", async () => {
  const big = "x".repeat(20_000);
  source.heard = (_, { next }) => ({ next, big });
  const kept = await hub.open(actor("slow"), null);
  const other = read(await hub.open(actor("quick"), null));
  let sent = 0;
  while (hub.clients === 2 && sent < 50) {
    commit();
    await vi.advanceTimersByTimeAsync(gap_ms);
    sent++;
  }
  expect(hub.clients).toBe(1);
  expect(sent * big.length).toBeLessThan(buffered_bytes_max + 2 * big.length);
  expect(changesOf(other)).toHaveLength(sent);
  expect(other.ended).toBeNull();
  // What waited for the slow one is gone with its stream.
  await expect(kept.getReader().read()).rejects.toThrow("keep up");
});

test("who went away is forgotten", async () => {
  const reader = (await hub.open(actor("s"), null)).getReader();
  expect(hub.clients).toBe(1);
  await reader.cancel();
  expect(hub.clients).toBe(0);
  expect(failures).toEqual([]);
});

test("who hears nothing of what happened is sent nothing, and goes on from behind it", async () => {
  const nobody = read(await hub.open(actor("s", null), null));
  await settle();
  commit();
  await settle();
  expect(nobody.heard.map(({ kind }) => kind)).toEqual(["hello"]);
  await vi.advanceTimersByTimeAsync(beat_ms);
  expect(nobody.heard.at(-1)).toEqual({ kind: "beat", data: { next: 11 } });
});

test("a beat tells that the stream lives, and finds what no notification told of", async () => {
  const reader = read(await hub.open(actor("s"), null));
  await settle();
  log = 12;
  await vi.advanceTimersByTimeAsync(beat_ms);
  expect(reader.heard.map(({ kind }) => kind)).toContain("beat");
  expect(changesOf(reader)).toMatchObject([{ from: 10, next: 12 }]);
});

test("a session that has ended closes its streams within a minute; one whose roles changed hears by the new ones", async () => {
  const ended = read(await hub.open(actor("ended"), null));
  const changed = read(await hub.open(actor("changed"), null));
  await settle();
  alive.delete("ended");
  actor("changed", "auditor");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ended.heard.at(-1)).toEqual({ kind: "bye", data: { why: "signedOut" } });
  expect(ended.ended).toBe("closed");
  commit();
  await vi.advanceTimersByTimeAsync(gap_ms);
  expect(changesOf(changed).at(-1)).toMatchObject({ who: ["auditor"] });
});

test("one session holds only so many streams: the oldest gives way", async () => {
  const readers: Reader[] = [];
  for (let n = 0; n <= streams_per_session_max; n++) readers.push(read(await hub.open(actor("s"), null)));
  await settle();
  expect(hub.clients).toBe(streams_per_session_max);
  expect(readers.map(({ ended }) => ended)).toEqual(["closed", ...Array(streams_per_session_max).fill(null)]);
});

test("a message of its own kind goes to the streams of these people alone", async () => {
  const [ana, ben] = [
    read(await hub.open(actor("of-ana", "reviewer", "ana"), null)),
    read(await hub.open(actor("of-ben", "reviewer", "ben"), null)),
  ];
  hub.tell(new Set(["ana"]), "presence", { order: "o1" });
  await settle();
  expect(ana.heard.at(-1)).toEqual({ kind: "presence", data: { order: "o1" } });
  expect(ben.heard.map(({ kind }) => kind)).toEqual(["hello"]);
});

test("a hub that is closed says goodbye, ends every stream and takes nobody any more", async () => {
  const reader = read(await hub.open(actor("s"), null));
  await settle();
  hub.close();
  await settle();
  expect(reader.heard.at(-1)).toEqual({ kind: "bye", data: { why: "closing" } });
  expect(reader.ended).toBe("closed");
  expect(listener).toBeNull();
  await expect(hub.open(actor("late"), null)).rejects.toThrow("closed");
});

test("a database that is away for a while loses nobody anything", async () => {
  const reader = read(await hub.open(actor("s"), null));
  await settle();
  const reading = source.read;
  source.read = () => Promise.reject(new Error("away"));
  commit();
  await vi.advanceTimersByTimeAsync(gap_ms);
  expect(failures).toHaveLength(1);
  source.read = reading;
  await vi.advanceTimersByTimeAsync(beat_ms);
  expect(changesOf(reader)).toMatchObject([{ from: 10, next: 11 }]);
});

test("as long as nothing drives the process, it is asked again at each beat", async () => {
  const follow = source.follow;
  hub.close();
  source.follow = () => null;
  hub = new LiveHub(source);
  const reader = read(await hub.open(actor("s"), null));
  await settle();
  source.follow = follow;
  await vi.advanceTimersByTimeAsync(beat_ms);
  commit();
  await vi.advanceTimersByTimeAsync(gap_ms);
  expect(changesOf(reader)).toMatchObject([{ from: 10, next: 11 }]);
});

test("a process has one hub, which closes when it is told to end", async () => {
  const processWide = globalThis as { holdpointLive?: unknown };
  const before = process.listeners("SIGTERM");
  const one = processHub(source);
  try {
    expect(processHub({ ...source })).toBe(one);
    const [end, ...more] = process.listeners("SIGTERM").filter((listener) => !before.includes(listener));
    expect(more).toEqual([]);
    const reader = read(await one.open(actor("s"), null));
    end!("SIGTERM");
    await settle();
    expect([one.closed, reader.ended]).toEqual([true, "closed"]);
  } finally {
    processWide.holdpointLive = undefined;
  }
});
