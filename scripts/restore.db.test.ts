/**
 * A backup that is put back, and copies, on a real server with a real carrier: nothing is sent from them before somebody has
 * adopted the log, and then no key stands for anything else than before. The key file is part of what is backed up.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { wallClock } from "#lib/clock";
import { database } from "#lib/db";
import { mintActor } from "#lib/domain/authority";
import type { Command, CommandOf } from "#lib/domain/commands";
import { evidenceOf, type OrderState } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import { adoptLog } from "#lib/engine/adopt";
import type { Told } from "#lib/engine/driver";
import { effectsHeld, engineProcess, startProcess } from "#lib/engine/process";
import { systemActor } from "#lib/engine/system-actor";
import { headNotePath, keysPath } from "./application";
import { type Carrier, startCarrier } from "./carrier";
import { createDatabase, withClient } from "./embedded-postgres";
import { beginHeadNote } from "./head-note";
import { projectFolder } from "./places";
import { ensureKeys } from "./secrets";
import { type TestDatabase, testDatabase } from "./testing/database";
import { until } from "./testing/until";
import { expectVerified } from "./testing/verified";
import { ensureWorkspace } from "./workspace";

const quietly = () => {};
let root: string;
/** Where the installation has its files. */
let home: string;
let urls: TestDatabase;
let carrier: Carrier;
let copies: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "holdpoint-restore-"));
  home = join(root, "home");
  copies = [];
  urls = await testDatabase();
  carrier = await startCarrier({ store: join(root, "carrier.jsonl") });
  ensureKeys(keysPath(home), {}, false, quietly);
  await ensureWorkspace(urls.databaseOwnerUrl, "main", { played: false });
  await beginHeadNote(urls.databaseOwnerUrl, "main", headNotePath(home, {}), quietly);
});

afterEach(async () => {
  await stop();
  vi.unstubAllEnvs();
  await carrier.stop();
  for (const name of copies) await drop(name);
  await urls.drop();
  rmSync(root, { recursive: true });
});

type ProcessWide = { [name in `holdpoint${"Process" | "Driver" | "Guard" | "Database"}`]?: unknown };
const processWide = globalThis as ProcessWide;

function environment(folder: string, databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    HOLDPOINT_WORKSPACE: "main",
    HOLDPOINT_KEYS_FILE: keysPath(folder),
    HOLDPOINT_HEAD_FILE: headNotePath(folder, {}),
    CARRIER_URL: carrier.url,
    CARRIER_MODE: "honours-key",
  };
}

/** What a console does at its start; returns what it says of itself. */
async function begin(folder = home, databaseUrl = urls.databaseUrl): Promise<Told[]> {
  for (const [name, value] of Object.entries(environment(folder, databaseUrl))) vi.stubEnv(name, value);
  const told: Told[] = [];
  await startProcess((one) => told.push(one));
  return told;
}

/** Ends it in order, so that this test can be the next process. */
async function stop(): Promise<void> {
  if (!processWide.holdpointDriver) return;
  await (await startProcess(quietly)).stop();
  await database().$disconnect();
  for (const name of ["Process", "Driver", "Guard", "Database"] as const)
    delete processWide[`holdpoint${name}`];
}

const administrator = <Result>(use: Parameters<typeof withClient<Result>>[1]) =>
  withClient(inject("cluster").superuserUrl, use);

async function copyDatabase(from: string, to: string): Promise<void> {
  copies.push(to);
  await administrator((client) => createDatabase(client, to, from));
}

async function drop(name: string): Promise<void> {
  await administrator(async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
  });
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

function inDatabase(url: string, name: string): string {
  const moved = new URL(url);
  moved.pathname = `/${name}`;
  return moved.href;
}

async function ask(person: string | null, command: Command, id: string) {
  const { engine } = (await engineProcess()).runtime;
  const actor = person
    ? mintActor({
        workspace: "main",
        type: "person",
        id: person,
        person,
        account: `credentials:${person}`,
        session: `session-of-${person}`,
        roles: [],
      })
    : systemActor("main", "operator");
  const result = await engine.execute(command, { actor, source: "test", id });
  if (isRejection(result)) throw new Error(`${command.type}: ${result.message}`);
  return result;
}

async function hire(): Promise<void> {
  for (const [id, role] of [
    ["rita", "requester"],
    ["ana", "reviewer"],
  ] as const)
    await ask(
      null,
      { type: "person.add", person: id, name: id, email: `${id}@example.org`, roles: [role] },
      `person/${id}`,
    );
}

/** Hands in the order of this number, always with the same content. The first one of a customer waits for a review. */
async function receive(number: string): Promise<string> {
  const command: CommandOf<"order.receive"> = {
    type: "order.receive",
    workflow: "order-fulfilment@1",
    source: "shop",
    businessKey: number,
    requestedBy: "rita",
    total: { amount: 5_000 + Number(number), currency: "GBP" },
    customer: { reference: "17850", name: "Jo March" },
  };
  const { stream } = await ask("rita", command, `order/${number}`);
  return stream.slice("order/".length);
}

async function stateOf(order: string): Promise<OrderState> {
  const { streams } = (await engineProcess()).runtime.engine;
  const held = await streams.acquire(`order/${order}`);
  streams.release(held);
  return held.current.state as OrderState;
}

async function approve(order: string): Promise<void> {
  const state = await stateOf(order);
  const { step, visit } = Object.values(state.tasks)[0]!;
  const evidence = evidenceOf(state, step);
  await ask(
    "ana",
    { type: "task.decide", order, step, visit, verdict: "approve", evidence, undo_ms: 0 },
    `approve/${order}`,
  );
}

const dispatchOf = async (order: string) =>
  Object.values((await stateOf(order)).effects).find(({ effect }) => effect === "carrier.dispatch");

async function dispatched(order: string): Promise<string> {
  await until(`${order} is dispatched`, async () => (await dispatchOf(order))?.status === "CONFIRMED");
  return (await dispatchOf(order))!.receipt!.reference;
}

function adopt(folder: string, databaseUrl: string, ...args: string[]) {
  const env = { ...process.env, ...environment(folder, databaseUrl) };
  const script = ["--import", "tsx", join("scripts", "log-adopt.ts"), ...args];
  return new Promise<{ code: number; err: string }>((resolve) => {
    execFile(process.execPath, script, { cwd: projectFolder, env }, (error, _out, err) =>
      resolve({ code: error ? Number(error.code) : 0, err }),
    );
  });
}

const noteOf = (folder: string) => JSON.parse(readFileSync(headNotePath(folder, {}), "utf8"));

const log = (type: string) =>
  withClient(urls.databaseOwnerUrl, async (client) => {
    const { rows } = await client.query(
      "SELECT pos::integer, actor, body -> 'data' AS data FROM event_view WHERE type = $1 ORDER BY pos",
      [type],
    );
    return rows;
  });

test("after a backup was put back nothing is sent, and people work; adopted, it goes on under the same keys", async () => {
  await begin();
  await hire();
  const [waiting, early] = [await receive("1"), await receive("2")];
  await dispatched(early);
  await stop();

  const name = nameOf(urls.databaseUrl);
  const safe = join(root, "safe");
  mkdirSync(safe);
  await copyDatabase(name, `${name}_backup`);
  copyFileSync(keysPath(home), join(safe, "keys.json"));

  expect(await begin()).toContainEqual({ what: "sending", why: expect.any(String) });
  await approve(waiting);
  const late = await receive("3");
  const references = [await dispatched(waiting), await dispatched(late)];
  await until("the proofs are asked for", () => carrier.counts().proofOfDelivery.requests === 3);
  await stop();
  const { head: newest } = noteOf(home);
  expect(newest.pos).toBe((await log("effectPending")).at(-1).pos);

  // The disk is lost, with the database and the keys. Put back are the database and the keys of the backup.
  await drop(name);
  rmSync(keysPath(home));
  await administrator((client) => createDatabase(client, name, `${name}_backup`));
  copyFileSync(join(safe, "keys.json"), keysPath(home));
  const asked = carrier.counts();

  const told = await begin();
  const why = new RegExp(`position ${newest.pos} was noted: it was put back from an older backup`);
  expect(told).toContainEqual({ what: "held", why: expect.stringMatching(why) });
  expect(effectsHeld()).toMatch(why);
  expect((await engineProcess()).effectsMissing).toMatch(why);
  await approve(waiting);
  expect(await receive("3")).toBe(late);
  await (await engineProcess()).runtime.tick();
  for (const order of [waiting, late])
    expect(await dispatchOf(order)).toMatchObject({ status: "INTENDED", attempts: 0 });
  expect(carrier.counts()).toEqual(asked);
  expect(noteOf(home).head).toEqual(newest);

  // Started anew it is no wiser, and without a reason nothing is adopted.
  await stop();
  expect(noteOf(home).head).toEqual(newest);
  const again = await begin();
  expect(again).toContainEqual({ what: "held", why: expect.stringMatching(why) });
  expect(await adopt(home, urls.databaseUrl)).toMatchObject({
    code: 2,
    err: expect.stringContaining("--reason is missing"),
  });
  expect(effectsHeld()).not.toBeNull();

  const reason = "The carrier honours our keys; orders since were handed in again by Jo March.";
  const adopted = await adopt(home, urls.databaseUrl, "--reason", reason);
  expect(adopted).toMatchObject({ code: 0, err: expect.stringMatching(why) });
  expect([await dispatched(waiting), await dispatched(late)]).toEqual(references);
  await until("the console says so", () => again.at(-1)?.what !== "held" && effectsHeld() === null);
  await until("the proofs are asked for again", () => carrier.counts().proofOfDelivery.requests === 5);
  const { dispatch, proofOfDelivery } = carrier.counts();
  // It knew every key with this content: a key with another one is refused and would be in doubt here.
  expect(dispatch).toMatchObject({ requests: 5, repeated: 2, keys: 3, duplicates: {} });
  expect(proofOfDelivery).toMatchObject({ requests: 5, repeated: 2, keys: 3, duplicates: {} });

  const [event] = await log("logAdopted");
  const { installation } = noteOf(home);
  expect(event).toMatchObject({
    actor: "operator",
    data: { installation, pos: event.pos - 1, before: { installation, pos: newest.pos } },
  });
  expect(JSON.stringify(event)).not.toContain("March");
  await until("the note moves on", () => noteOf(home).head.pos > event.pos);
  const { keys } = await engineProcess();
  const adoption = { database: database(), keys, clock: wallClock, path: headNotePath(home, {}), reason };
  await expect(adoptLog(adoption)).rejects.toThrow("There is nothing to adopt");
  await stop();
  await expectVerified({ name: "main", urls });
}, 60_000);

test("from copies of the database or the folder nothing is sent, while the original goes on", async () => {
  await begin();
  await hire();
  await receive("1");
  await dispatched(await receive("2"));
  await stop();
  const name = nameOf(urls.databaseUrl);
  await copyDatabase(name, `${name}_clone`);
  const clone = inDatabase(urls.databaseUrl, `${name}_clone`);
  const elsewhere = join(root, "elsewhere");
  mkdirSync(elsewhere);
  copyFileSync(keysPath(home), keysPath(elsewhere));
  const requests = carrier.counts().dispatch.requests;
  const heldIn = async (folder: string, url: string, number: string) => {
    const told = await begin(folder, url);
    const order = await receive(number);
    await (await engineProcess()).runtime.tick();
    expect(await dispatchOf(order)).toMatchObject({ status: "INTENDED" });
    expect(carrier.counts().dispatch.requests).toBe(requests);
    await stop();
    return told.find(({ what }) => what === "held");
  };

  expect(await heldIn(elsewhere, clone, "3")).toMatchObject({ why: expect.stringContaining("is missing") });
  copyFileSync(headNotePath(home, {}), headNotePath(elsewhere, {}));
  expect(await heldIn(elsewhere, clone, "4")).toMatchObject({
    why: expect.stringContaining("another folder"),
  });
  // A database made anew for the same folder.
  const owner = inDatabase(urls.databaseOwnerUrl, `${name}_clone`);
  await withClient(owner, (client) => client.query("UPDATE workspace_head SET installation = NULL"));
  await beginHeadNote(owner, "main", headNotePath(home, {}), quietly);
  expect(await heldIn(home, clone, "5")).toMatchObject({
    why: expect.stringContaining("another installation"),
  });

  expect((await begin()).map(({ what }) => what)).not.toContain("held");
  await dispatched(await receive("6"));
}, 60_000);

test("a database that is put back under a running console stops it from sending, within a look", async () => {
  const told = await begin();
  await hire();
  await receive("1");
  await dispatched(await receive("2"));
  const name = nameOf(urls.databaseUrl);
  // A server copies only a database that nobody uses.
  await stop();
  await copyDatabase(name, `${name}_backup`);
  const running = await begin();
  await dispatched(await receive("3"));
  const { pos } = noteOf(home).head;
  await until("the note moves on", () => noteOf(home).head.pos > pos);
  await drop(name);
  await administrator((client) => createDatabase(client, name, `${name}_backup`));
  await until("it is held", () => /older backup/.test(effectsHeld() ?? ""));
  expect(running).toContainEqual({ what: "held", why: expect.stringContaining("older backup") });
  expect(told.map(({ what }) => what)).not.toContain("held");
}, 60_000);
