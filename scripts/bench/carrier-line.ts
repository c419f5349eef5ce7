import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { database } from "#lib/db";
import type { OrderState } from "#lib/domain/order";
import { engineProcess, startProcess } from "#lib/engine/process";
import { beginHeadNote } from "../head-note";
import { Supervisor } from "../supervisor";
import { discardThrowawayFolder, makeThrowawayFolder } from "../testing/throwaway";
import { startCarrierProcess } from "./carrier-process";
import { withBenchDatabase } from "./database";
import type { MeasureLine } from "./workload";
import { addPerson, idleLatency, runWorkload } from "./workload";

const workspace = "carrier";
const webhookSecret = `whsec_${Buffer.alloc(24, 3).toString("base64")}`;

/**
 * The engine with the shipped carrier over HTTP: dispatch and proof of delivery are requests to a process of its own without
 * latency, and the proof comes as its signed callback. Engine, scheduler and adapters are made from the environment as a
 * console makes them, and the callback is taken by the console's own route handler, in the same process as in a console,
 * behind a plain HTTP server in place of Next: what Next costs a request is what the intake line shows. An order is completed
 * when its callback was answered.
 */
export async function carrierLine(measure: MeasureLine): Promise<void> {
  const folder = await makeThrowawayFolder();
  const supervisor = await Supervisor.take(folder, console.error);
  try {
    await withBenchDatabase(async (bench) => {
      await bench.makeWorkspace(workspace);
      const headFile = join(folder, "head.json");
      await beginHeadNote(bench.databaseOwnerUrl, workspace, headFile, () => {});
      const waiting = new Map<string, () => void>();
      const callbacks = await serveCallbacks(() => void settle(waiting));
      try {
        const carrierUrl = await startCarrierProcess(supervisor, {
          folder,
          callbackUrl: callbacks.url,
          webhookSecret,
        });
        Object.assign(process.env, {
          DATABASE_URL: bench.databaseUrl,
          HOLDPOINT_WORKSPACE: workspace,
          HOLDPOINT_KEYS_FILE: "",
          HOLDPOINT_WORKSPACE_KEY: Buffer.alloc(32, 1).toString("base64"),
          HOLDPOINT_IDENTITY_KEY: Buffer.alloc(32, 2).toString("base64"),
          HOLDPOINT_HEAD_FILE: headFile,
          CARRIER_URL: carrierUrl,
          CARRIER_WEBHOOK_SECRET: webhookSecret,
        });
        const driver = await startProcess((told) => {
          if (told.what === "trouble") console.error(told.during, told.error);
          if (told.what === "held") console.error(told.why);
        });
        const { runtime } = await engineProcess();
        try {
          const stage = {
            runtime,
            database: bench,
            requester: await addPerson(runtime, "requester", "requester"),
            reviewer: await addPerson(runtime, "reviewer", "reviewer"),
            completed: (order: string) => new Promise<void>((resolve) => waiting.set(order, resolve)),
          };
          await measure({
            run: (name, orders) => runWorkload(stage, name, orders),
            idle: (orders) => idleLatency(stage, orders),
          });
        } finally {
          await driver.stop();
          await database().$disconnect();
        }
      } finally {
        await supervisor.stop();
        await callbacks.close();
      }
    });
  } finally {
    await supervisor.stop();
    await discardThrowawayFolder(folder);
  }
}

async function settle(waiting: Map<string, () => void>): Promise<void> {
  const { streams } = (await engineProcess()).runtime.engine;
  for (const [order, resolve] of waiting) {
    const state = streams.peek(`order/${order}`)?.current.state as OrderState | undefined;
    if (state?.status !== "completed") continue;
    waiting.delete(order);
    resolve();
  }
}

/** The console's callback route on a port of its own; `answered` is called after each report that was taken. */
async function serveCallbacks(answered: () => void): Promise<{ url: string; close(): Promise<void> }> {
  const { POST } = await import("../../app/api/callbacks/carrier/route");
  const server = createServer(async (request, response) => {
    const taken = await POST(await asked(request), { params: Promise.resolve({}) });
    await answer(response, taken);
    if (taken.ok) answered();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/callbacks/carrier`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function asked(request: IncomingMessage): Promise<Request> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const headers = new Headers(request.headers as Record<string, string>);
  return new Request(`http://127.0.0.1${request.url}`, {
    method: "POST",
    headers,
    body: Buffer.concat(parts),
  });
}

async function answer(response: ServerResponse, given: Response): Promise<void> {
  response.writeHead(given.status, Object.fromEntries(given.headers));
  response.end(await given.text());
}
