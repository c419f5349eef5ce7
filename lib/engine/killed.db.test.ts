import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { carrierAdapters } from "#lib/effects/carrier";
import { startCarrier } from "#scripts/carrier";
import type { DoomedWork } from "#scripts/testing/doomed";
import { expectVerified } from "#scripts/testing/verified";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/**
 * Processes that are killed with SIGKILL: no handler runs, nothing is flushed. What is asserted was kept outside of them,
 * at the carrier and in the lines they had printed.
 */
const doomed = fileURLToPath(new URL("../../scripts/testing/doomed.ts", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

let workspace: TestWorkspace;
let folder: string;
const children = new Set<ChildProcessByStdio<null, Readable, null>>();

beforeEach(async () => {
  workspace = await testWorkspace({ adapters: [] });
  folder = await mkdtemp(join(tmpdir(), "holdpoint-killed-"));
});
afterEach(async () => {
  for (const child of children) await kill(child);
  await workspace.close();
  await rm(folder, { recursive: true });
});

type Work = { does: "tick"; carrierUrl: string } | { does: "receive"; prefix: string; inFlight: number };

function start(work: Work): ChildProcessByStdio<null, Readable, null> {
  const { workspace: name, wrapping, command, identity, index } = workspace.keys;
  const base64 = (key: Buffer) => key.toString("base64");
  const given: DoomedWork = {
    databaseUrl: workspace.urls.databaseUrl,
    keys: {
      workspace: name,
      wrapping: base64(wrapping),
      command: base64(command),
      identity: base64(identity),
      index: base64(index),
    },
    now: workspace.clock.now(),
    ...work,
  };
  const child = spawn(process.execPath, ["--import", "tsx", doomed, JSON.stringify(given)], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  return child;
}

async function kill(child: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`it never came to this: ${what}`);
}

describe("killed between attempt and outcome", () => {
  it("the work is done once: another process asks again under the same key and hears the first answer", async () => {
    const carrier = await startCarrier({ store: join(folder, "carrier.jsonl") });
    try {
      const order = await workspace.receive();
      await workspace.decide(workspace.person("ana"), order, "approve");
      // The carrier does the work and never answers, so that the process is surely waiting when it dies.
      await fetch(new URL("/faults", carrier.url), {
        method: "POST",
        body: JSON.stringify({ kind: "hang", times: 1, path: "/dispatches" }),
      });
      const child = start({ does: "tick", carrierUrl: carrier.url });
      await until("the carrier has dispatched", () => carrier.counts().dispatch.performed === 1);
      await kill(child);

      const left = (await workspace.log(`order/${order}`)).map(({ type }) => type);
      expect(left.at(-1)).toBe("effectAttempted");
      const rescuer = await workspace.another(carrierAdapters({ url: carrier.url }));
      expect(await rescuer.tick()).toMatchObject({ expired: 0, attempted: 0 });
      workspace.clock.advance_minutes(1);
      expect(await rescuer.tick()).toMatchObject({ expired: 1 });
      workspace.clock.advance_minutes(1);
      expect(await rescuer.tick()).toMatchObject({ attempted: 1 });
      await rescuer.dispatcher.idle();

      expect(carrier.counts().dispatch).toMatchObject({ requests: 2, repeated: 1, performed: 1, orders: 1 });
      const log = await workspace.log(`order/${order}`);
      const attempts = log.filter(({ type }) => type === "effectAttempted" || type === "effectDoubted");
      expect(attempts.map(({ type }) => type)).toEqual([
        "effectAttempted",
        "effectDoubted",
        "effectAttempted",
      ]);
      const dispatch = Object.values((await workspace.order(order, rescuer)).effects)[0];
      expect(dispatch).toMatchObject({ status: "CONFIRMED", issue: 1, attempts: 2 });
      await expectVerified(workspace);
    } finally {
      await carrier.stop();
    }
  });
});

describe("killed anywhere", () => {
  it("every command it had acknowledged is in the log exactly once, and what it had not is there once or not at all", async () => {
    const acknowledged: string[] = [];
    const rounds = 3;
    for (let round = 0; round < rounds; round++) {
      const child = start({ does: "receive", prefix: `round-${round}`, inFlight: 16 });
      const before = acknowledged.length;
      let rest = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        acknowledged.push(...lines);
      });
      await until("it acknowledges", () => acknowledged.length > before + 30 * round);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
      await kill(child);
    }
    expect(acknowledged.length).toBeGreaterThan(60);

    const received = (
      await workspace.database.$queryRawUnsafe<{ id: string; events: number; first: number }[]>(
        `SELECT c.id, count(e.*)::int AS events, min(e.version)::int AS first
         FROM event e JOIN command c ON c.workspace = e.workspace AND c.id = convert_from(e.body, 'UTF8')::jsonb #>> '{command,id}'
         WHERE e.stream LIKE 'order/%' GROUP BY c.id`,
      )
    ).map(({ id, ...found }) => [id, found] as const);
    const log = new Map(received);
    expect(acknowledged.filter((id) => !log.has(id))).toEqual([]);
    for (const [, found] of received) expect(found).toEqual({ events: 3, first: 1 });
    expect(new Set(acknowledged).size).toBe(acknowledged.length);

    // Asked again by another process, each gets its first answer and nothing is written.
    const before = (await workspace.log()).length;
    for (const id of acknowledged.slice(-10))
      expect(
        await workspace.ask(
          workspace.person("rita"),
          {
            type: "order.receive",
            workflow: "order-fulfilment@1",
            source: "shop",
            businessKey: id,
            requestedBy: "rita",
            total: { amount: 150_000, currency: "GBP" },
            customer: { reference: id },
          },
          id,
        ),
      ).toMatchObject({ rejected: false, repeated: true });
    expect(await workspace.log()).toHaveLength(before);
    await expectVerified(workspace);
  });
});
