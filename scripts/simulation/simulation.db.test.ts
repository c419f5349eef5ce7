import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Accepted } from "#lib/engine/job";
import { withClient } from "../embedded-postgres";
import { type TestDatabase, testDatabase } from "../testing/database";
import { Campaign } from "./campaign";
import { Ledger } from "./ledger";
import { FailedSeed, Simulation, type SimulationOptions } from "./simulation";
import { openStage, type Stage } from "./stage";
import { Witness } from "./witness";

/**
 * The engine under the seeded simulation. A seed that fails here is run alone, line by line, by
 * `npm run sim -- --seeds 1 --seed <seed> --trace`.
 */
const seeds = 200;
const some_minutes = 10 * 60_000;

type Place = { urls: TestDatabase; stage: Stage };
const places: Place[] = [];

async function place(): Promise<Place> {
  const urls = await testDatabase();
  const made = { urls, stage: await openStage(urls) };
  places.push(made);
  return made;
}

let main: Place;
beforeAll(async () => {
  main = await place();
});
afterAll(async () => {
  for (const { urls, stage } of places) {
    await stage.close();
    await urls.drop();
  }
});

async function failure(options: SimulationOptions): Promise<FailedSeed | null> {
  try {
    await new Simulation(main.stage, options).run();
    return null;
  } catch (error) {
    if (error instanceof FailedSeed) return error;
    throw error;
  }
}

describe("the seeded simulation", () => {
  it(
    `holds every promise over ${seeds} seeds, in which every kind of fault fires`,
    async () => {
      const campaign = new Campaign(main.stage);
      for (let seed = 1; seed <= seeds; seed++) await campaign.run(seed);
      for (const fault of faults) expect(campaign.faults.get(fault) ?? 0, fault).toBeGreaterThan(0);
      for (const end of ["completed", "rejected", "cancelled", "recorded"])
        expect(campaign.orders.get(end) ?? 0, end).toBeGreaterThan(0);
    },
    some_minutes,
  );

  it(
    "happens the same way again, in another database and after other seeds",
    async () => {
      const other = await place();
      for (const seed of [9_001, 9_002, 9_003]) {
        const first = await new Simulation(other.stage, { seed }).run();
        const again = await new Simulation(main.stage, { seed }).run();
        expect(again.trace).toEqual(first.trace);
        expect(first.trace.filter((line) => line.includes(" event order/")).length).toBeGreaterThan(10);
        expect(first.trace.some((line) => line.includes(" fault "))).toBe(true);
      }
      const different = await new Simulation(main.stage, { seed: 9_004 }).run();
      const one = await new Simulation(other.stage, { seed: 9_005 }).run();
      expect(different.trace).not.toEqual(one.trace);
    },
    some_minutes,
  );
});

describe("a broken promise is noticed:", () => {
  it(
    "a carrier that forgets the keys it promised to honour does the work twice",
    async () => {
      const failures: string[] = [];
      for (let seed = 8_001; seed <= 8_060 && failures.length === 0; seed++) {
        const failed = await failure({ seed, carrierForgets: true });
        if (failed) failures.push(failed.message);
      }
      expect(failures).toMatchObject([
        expect.stringMatching(/^seed \d+, step \d+: the carrier did carrier\.\w+ of order \S+ 2 times/),
      ]);
    },
    some_minutes,
  );

  it("an event that is gone, and one that was changed", async () => {
    const { stage, urls } = main;
    await new Simulation(stage, { seed: 9_010 }).run();
    const read = () => new Witness(stage.log, "seed-9010").read();
    const events = await read();
    const tamper = (sql: string) =>
      withClient(urls.superuserUrl, async (client) => {
        await client.query("SET session_replication_role = replica");
        await client.query(sql);
      });
    const changed = events.findIndex(({ stream, version }) => stream.startsWith("order/") && version === 1);
    await tamper(
      `UPDATE event SET body = convert_to(replace(convert_from(body, 'UTF8'), '"v":1', '"v": 1'), 'UTF8')
       WHERE workspace = 'seed-9010' AND pos = ${changed}`,
    );
    await expect(read()).rejects.toThrow(/does not name the leaf of the version before/);
    await tamper(`DELETE FROM event WHERE workspace = 'seed-9010' AND pos = ${changed}`);
    await expect(read()).rejects.toThrow(`position ${changed} is missing before ${changed + 1}`);
  });

  it("an acknowledgement the log knows nothing of, and a refusal it holds nevertheless", async () => {
    const { stage } = main;
    await new Simulation(stage, { seed: 9_011 }).run();
    const witness = new Witness(stage.log, "seed-9011");
    await witness.read();
    const accepted: Accepted = {
      rejected: false,
      stream: "order/none",
      firstVersion: 1,
      count: 3,
      repeated: false,
      firstPos: null,
      events: [],
    };
    const lost = new Ledger();
    lost.answered(lost.asked("client", "lost", "order.receive"), accepted, "one");
    expect(() => lost.check(witness)).toThrow(/lost was acknowledged as 3 events.*nothing of it/);

    const refused = new Ledger();
    const rejection = { rejected: true as const, code: "stale" as const, message: "No." };
    refused.answered(refused.asked("people", "ana", "person.add"), rejection, "one");
    expect(() => refused.check(witness)).toThrow(/ana was refused \(stale\) and is in the log/);

    const twice = new Ledger();
    const told = twice.asked("client", "twice", "order.receive");
    twice.answered(told, accepted, "one");
    twice.answered(told, accepted, "one");
    expect(() => twice.answered(told, accepted, "another")).toThrow(/accepted with one content and again/);
  });
});

const faults = [
  ...["cutBeforeSending", "cutAfterAnswer", "delayAnswer"].flatMap((fault) =>
    ["append", "claim", "look up", "read"].map((kind) => `${fault} ${kind}`),
  ),
  "database away",
  "refused connection",
  "crash",
  "crash before a query",
  "crash between commit and answer",
  "clock jumps forward",
  "clock jumps back",
  "rebuild under way",
  "the same command again",
  "another content under the same id",
  "callback doubled",
  "callback out of order",
  "many ask at once",
  ...[
    "accepted, called back",
    "accepted, done when called back",
    "called back before the answer",
    "done, then timed out",
    "done, then answered 500",
    "timed out undone",
    "too many requests",
    "unavailable",
    "rejected",
    "broke the adapter",
    "answered late",
    "confirmed, then called back rejected",
  ].map((manner) => `carrier: ${manner}`),
];
