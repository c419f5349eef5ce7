import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type LiveBrowser,
  type LiveChanges,
  type LiveChannel,
  LiveConnection,
  type LivePresence,
  silence_ms_max,
} from "./live-connection";

/** One browser with several tabs: their locks, their channel, their streams; and the server at the other end. */
class FakeBrowser {
  readonly streams: FakeStream[] = [];
  readonly channels = new Set<LiveChannel>();
  readonly waiting: { lead(): Promise<void>; granted(): void; refused(): void; aborted: AbortSignal }[] = [];
  holder: { refused(): void } | null = null;
  signedIn: boolean | null = true;
  now_ms = 0;

  tab(hidden = () => false): LiveBrowser {
    return {
      open: (address) => {
        const stream = new FakeStream(address);
        this.streams.push(stream);
        return stream;
      },
      channel: () => this.#channel(),
      lead: (_, { steal, givenUp }, lead) =>
        new Promise((resolve, reject) => {
          const refused = () => reject(new DOMException("", "AbortError"));
          if (steal) {
            this.holder?.refused();
            this.holder = null;
          }
          const ask = { lead, granted: resolve, refused, aborted: givenUp };
          if (steal) this.waiting.unshift(ask);
          else this.waiting.push(ask);
          givenUp.addEventListener("abort", () => {
            if (this.waiting.includes(ask)) refused();
            this.#grant();
          });
          this.#grant();
        }),
      signedIn: async () => this.signedIn,
      hidden,
      now_ms: () => this.now_ms,
    };
  }

  get open(): FakeStream[] {
    return this.streams.filter(({ closed }) => !closed);
  }

  #grant(): void {
    for (const ask of [...this.waiting].filter(({ aborted }) => aborted.aborted))
      this.waiting.splice(this.waiting.indexOf(ask), 1);
    const next = this.holder ? undefined : this.waiting.shift();
    if (!next) return;
    const holder = { refused: next.refused };
    this.holder = holder;
    void next.lead().then(() => {
      if (this.holder === holder) this.holder = null;
      next.granted();
      this.#grant();
    });
  }

  #channel(): LiveChannel {
    const channel: LiveChannel = {
      onmessage: null,
      postMessage: (message) => {
        for (const other of this.channels)
          if (other !== channel) other.onmessage?.({ data: structuredClone(message) });
      },
      close: () => void this.channels.delete(channel),
    };
    this.channels.add(channel);
    return channel;
  }
}

class FakeStream {
  closed = false;
  readonly #listeners = new Map<string, (event: { data?: string }) => void>();
  constructor(readonly address: string) {}
  addEventListener(kind: string, listener: (event: { data?: string }) => void): void {
    this.#listeners.set(kind, listener);
  }
  close(): void {
    this.closed = true;
  }
  send(kind: string, data: unknown = {}): void {
    this.#listeners.get(kind)?.({ data: JSON.stringify(data) });
  }
  fail(): void {
    this.#listeners.get("error")?.({});
  }
}

let browser: FakeBrowser;
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  browser = new FakeBrowser();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Tab = { connection: LiveConnection; told: LiveChanges[]; presence: LivePresence[] };
function tab(from: number | null = 10, hidden = () => false): Tab {
  const connection = new LiveConnection(browser.tab(hidden));
  const told: LiveChanges[] = [];
  const presence: LivePresence[] = [];
  connection.onChanges((changes) => told.push(changes));
  connection.onPresence((seen) => presence.push(seen));
  connection.join("ana", from);
  return { connection, told, presence };
}
const settle = () => vi.advanceTimersByTimeAsync(0);
const changes = (pos: number, order = "o1"): LiveChanges => ({
  next: pos + 1,
  changes: [{ pos, type: "taskClaimed", order }],
  everything: false,
});
const passes = async (ms: number) => {
  browser.now_ms += ms;
  await vi.advanceTimersByTimeAsync(ms);
};

describe("tabs of one browser", () => {
  test("share one stream, and hear the same", async () => {
    const [first, second, third] = [tab(), tab(), tab()];
    await settle();
    expect(browser.streams.map(({ address }) => address)).toEqual(["/live?from=10"]);
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    browser.open[0]!.send("changes", changes(10));
    browser.open[0]!.send("presence", { order: "o1", people: [{ id: "ben", name: "Ben" }] });
    for (const { connection, told, presence } of [first, second, third]) {
      expect(connection.state.kind).toBe("live");
      expect(told).toEqual([changes(10)]);
      expect(presence).toHaveLength(1);
    }
  });

  test("go on when the one that leads is closed, from where they are", async () => {
    const [first, second] = [tab(), tab()];
    await settle();
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    browser.open[0]!.send("changes", changes(10));
    first.connection.stop();
    await settle();
    expect(browser.open.map(({ address }) => address)).toEqual(["/live?from=11"]);
    browser.open[0]!.send("hello", { next: 11, person: "ana" });
    browser.open[0]!.send("changes", changes(11));
    expect(second.told).toEqual([changes(10), changes(11)]);
  });

  test("a tab that comes later with an older page hears that something happened; with a newer one nothing", async () => {
    tab();
    await settle();
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    browser.open[0]!.send("changes", changes(10));
    const [older, newer] = [tab(10), tab(11)];
    expect(older.told).toEqual([{ next: 11, changes: [], everything: true }]);
    expect(newer.told).toEqual([]);
    expect(newer.connection.state.kind).toBe("live");
    browser.open[0]!.send("changes", changes(11));
    expect(newer.told).toEqual([changes(11)]);
  });

  test("a leader that has fallen silent is replaced by a tab that is looked at, and by no other", async () => {
    const leader = tab();
    await settle();
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    // The leader is frozen: its stream brings nothing and its timers stand still.
    const frozen = browser.open[0]!;
    vi.clearAllTimers();
    const [hidden, seen] = [tab(10, () => true), tab(10)];
    await passes(silence_ms_max);
    expect(browser.streams).toHaveLength(2);
    expect([frozen.closed, browser.streams[1]!.closed]).toEqual([true, false]);
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    browser.open[0]!.send("changes", changes(10));
    for (const { told } of [leader, hidden, seen]) expect(told).toEqual([changes(10)]);
  });

  test("another person's tabs share nothing with them", async () => {
    const shared = tab();
    await settle();
    shared.connection.join("ben", 12);
    await settle();
    expect(browser.open.map(({ address }) => address)).toEqual(["/live?from=12"]);
    expect(shared.connection.person).toBe("ben");
  });
});

test("without locks and channels each tab has a stream of its own", async () => {
  const bare = () => ({ ...browser.tab(), lead: null });
  new LiveConnection(bare()).join("ana", 1);
  new LiveConnection(bare()).join("ana", 2);
  expect(browser.open.map(({ address }) => address)).toEqual(["/live?from=1", "/live?from=2"]);
});

describe("a page that comes later", () => {
  test("hears what happened since it was drawn, and nothing it shows already", async () => {
    const { connection, told } = tab();
    await settle();
    for (const pos of [10, 11, 12]) browser.open[0]!.send("changes", changes(pos, `o${pos}`));
    told.length = 0;
    connection.join("ana", 13);
    expect(told).toEqual([]);
    connection.join("ana", 11);
    expect(told).toEqual([
      {
        next: 13,
        changes: [...changes(11, "o11").changes, ...changes(12, "o12").changes],
        everything: false,
      },
    ]);
  });

  test("from before anything that is remembered hears that everything may have changed", async () => {
    const { connection, told } = tab();
    await settle();
    for (let pos = 10; pos < 100; pos++) browser.open[0]!.send("changes", changes(pos));
    told.length = 0;
    connection.join("ana", 20);
    connection.join("ana", 9);
    connection.join("ana", null);
    expect(told).toEqual(Array(3).fill({ next: 100, changes: [], everything: true }));
  });

  test("of which nobody knows how old it is hears that everything may have changed, and once", async () => {
    const { told } = tab(null);
    await settle();
    expect(browser.open[0]!.address).toBe("/live");
    browser.open[0]!.send("hello", { next: 50, person: "ana" });
    browser.open[0]!.send("changes", changes(50));
    expect(told).toEqual([{ next: 50, changes: [], everything: true }, changes(50)]);
  });
});

describe("a lost connection", () => {
  const lost = async () => {
    const it = tab();
    await settle();
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    browser.now_ms = 5_000;
    browser.open[0]!.send("changes", changes(10));
    browser.now_ms = 8_000;
    browser.open[0]!.fail();
    return it;
  };

  test("is lost since it was last heard, and tried again from where it was, ever later", async () => {
    const { connection } = await lost();
    expect(connection.state).toEqual({ kind: "lost", since_ms: 5_000 });
    expect(browser.open).toEqual([]);
    const tried: number[] = [];
    for (let second = 1; second <= 120; second++) {
      await passes(1_000);
      for (const stream of browser.open) {
        tried.push(second);
        expect(stream.address).toBe("/live?from=11");
        stream.fail();
      }
    }
    expect(tried).toEqual([1, 3, 7, 15, 31, 61, 91]);
    expect(connection.state).toEqual({ kind: "lost", since_ms: 5_000 });
    connection.retry();
    browser.open[0]!.send("hello", { next: 11, person: "ana" });
    expect(connection.state.kind).toBe("live");
  });

  test("is not tried while the server cannot be asked, and given up when nobody is signed in any more", async () => {
    const { connection } = await lost();
    browser.signedIn = null;
    await passes(1_000);
    expect(browser.open).toEqual([]);
    browser.signedIn = false;
    await passes(2_000);
    expect(connection.state).toEqual({ kind: "signedOut", since_ms: 5_000 });
    await passes(600_000);
    expect(browser.open).toEqual([]);
    connection.retry();
    expect(browser.open).toHaveLength(1);
  });

  test("one that the network took is tried as soon as it is back, whichever tab notices", async () => {
    const leader = tab();
    const follower = tab();
    await settle();
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    leader.connection.lose();
    expect(follower.connection.state.kind).toBe("lost");
    follower.connection.retry();
    expect(browser.open).toHaveLength(1);
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    expect(follower.connection.state.kind).toBe("live");
    follower.connection.retry();
    expect(browser.open).toHaveLength(1);
  });

  test("a stream that is open and silent is dead", async () => {
    const { connection } = tab();
    await settle();
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    await passes(silence_ms_max - 1);
    browser.open[0]!.send("beat", { next: 12 });
    await passes(silence_ms_max - 1);
    expect(connection.state.kind).toBe("live");
    await passes(1);
    expect(connection.state.kind).toBe("lost");
    await passes(1_000);
    expect(browser.open.map(({ address }) => address)).toEqual(["/live?from=12"]);
  });

  test("a server that is about to end is left, and come back to; a session that ended is not", async () => {
    const { connection } = tab();
    await settle();
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    browser.open[0]!.send("bye", { why: "closing" });
    expect(connection.state.kind).toBe("lost");
    await passes(1_000);
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    browser.open[0]!.send("bye", { why: "signedOut" });
    expect(connection.state.kind).toBe("signedOut");
    await passes(600_000);
    expect(browser.open).toEqual([]);
  });

  test("of a session that ended in another tab is over at once, and not tried again", async () => {
    const { connection } = tab();
    await settle();
    browser.open[0]!.send("hello", { next: 10, person: "ana" });
    connection.signedOut();
    expect(connection.state.kind).toBe("signedOut");
    await passes(600_000);
    expect(browser.open).toEqual([]);
  });

  test("of somebody else, who has signed in in another tab, is as good as signed out", async () => {
    const { connection, told } = tab();
    await settle();
    browser.open[0]!.send("hello", { next: 12, person: "ben" });
    expect(connection.state.kind).toBe("signedOut");
    expect([browser.open, told]).toEqual([[], []]);
  });
});

test("what was heard twice is told once; a log that was put back is followed", async () => {
  const { told } = tab();
  await settle();
  const stream = browser.open[0]!;
  stream.send("changes", changes(10));
  stream.send("changes", changes(10));
  expect(told).toHaveLength(1);
  stream.send("changes", { next: 3, changes: [], everything: true });
  stream.send("changes", changes(3));
  expect(told.map(({ next }) => next)).toEqual([11, 3, 4]);
});
