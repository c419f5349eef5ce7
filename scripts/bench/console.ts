import { join } from "node:path";
import { Pool } from "undici";
import { keepApiKey, makeApiKey } from "#lib/auth/api-key";
import { type AuthContext, authContext } from "#lib/auth/context";
import { givePassword } from "#lib/auth/credential";
import { beginSession, sessionActor } from "#lib/auth/live-session";
import { wallClock } from "#lib/clock";
import { database } from "#lib/db";
import type { AuthorizedActor, Role } from "#lib/domain/authority";
import { workflows } from "#lib/domain/workflows/registry";
import { openRuntime, type Runtime } from "#lib/engine/runtime";
import { systemActor } from "#lib/engine/system-actor";
import { startApplication } from "../application";
import { freePort } from "../embedded-postgres";
import { Supervisor } from "../supervisor";
import { discardThrowawayFolder, makeThrowawayFolder } from "../testing/throwaway";
import { startCarrierProcess } from "./carrier-process";
import { accepted } from "./workload";

export type BenchConsole = {
  url: string;
  /** Connections to the console, which stay open. */
  pool: Pool;
  context: AuthContext;
  /** An engine of this process on the same workspace, that decides and sends nothing: what people do there is done here. */
  runtime: Runtime;
  /** Adds somebody who signs in with `password`, on record. */
  addPerson(id: string, role: Role): Promise<void>;
  /** Somebody signed in for what is done through `runtime`; asked for anew at each deed, as the console does. */
  actor(id: string): Promise<AuthorizedActor>;
  /** A key that acts for the person. */
  apiKey(person: string): Promise<string>;
  /** Signs in over HTTP and returns the cookie. */
  signIn(id: string): Promise<string>;
  /** The console's `/metrics`, by name and labels as they stand there. */
  metrics(): Promise<Map<string, number>>;
};

const metricsToken = "the-token-of-the-bench";
const webhookSecret = `whsec_${Buffer.alloc(24, 3).toString("base64")}`;
const password = "a password for the bench";
const held_max = 2_000;

/**
 * Brings up a built console as `npm start` does, on a throwaway database with fsync on, without the demo; with the shipped
 * carrier beside it where asked for. Runs `use`, and takes everything down again.
 */
export async function withConsole<Result>(
  options: { carrier: boolean; connections: number },
  use: (bench: BenchConsole) => Promise<Result>,
): Promise<Result> {
  const folder = await makeThrowawayFolder();
  const supervisor = await Supervisor.take(folder, console.error);
  try {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const callbackUrl = `${url}/api/callbacks/carrier`;
    const carrierUrl = options.carrier
      ? await startCarrierProcess(supervisor, { folder, callbackUrl, webhookSecret })
      : undefined;
    // What the starter does not hand on comes to the console from here.
    process.env.METRICS_TOKEN = metricsToken;
    process.env.LOG_LEVEL = "warn";
    const { environment } = await startApplication(supervisor, {
      dataFolder: join(folder, "data"),
      port,
      fsync: true,
      demo: "no",
      environment: { CARRIER_URL: carrierUrl, CARRIER_WEBHOOK_SECRET: webhookSecret },
      report: (line) => console.error(line),
    });
    Object.assign(process.env, environment);
    return await withEngine(url, options.connections, use);
  } finally {
    await supervisor.stop();
    await discardThrowawayFolder(folder);
  }
}

async function withEngine<Result>(
  url: string,
  connections: number,
  use: (bench: BenchConsole) => Promise<Result>,
): Promise<Result> {
  const context = authContext();
  const { keys } = context;
  const runtime = openRuntime({
    database: database(),
    keys,
    clock: wallClock,
    definitions: workflows,
    adapters: { byName: new Map(), missing: "the console sends" },
    held_max,
  });
  const operator = systemActor(keys.workspace, "operator");
  const sessions = new Map<string, string>();
  const pool = new Pool(url, { connections });
  try {
    return await use({
      url,
      pool,
      context,
      runtime,
      async addPerson(id, role) {
        const [name, email, roles] = [id, emailOf(id), [role]];
        await accepted(runtime, operator, `person/${id}`, {
          type: "person.add",
          person: id,
          name,
          email,
          roles,
        });
        await givePassword(context, id, password);
      },
      async actor(id) {
        const session = sessions.get(id) ?? (await beginSession(context, id));
        sessions.set(id, session);
        const actor = await sessionActor(context, session);
        if (!actor) throw new Error(`${id} is no longer signed in.`);
        return actor;
      },
      async apiKey(person) {
        const made = makeApiKey();
        await accepted(runtime, operator, made.apiKey, {
          type: "apiKey.create",
          person,
          apiKey: made.apiKey,
        });
        await keepApiKey(context, made);
        return made.key;
      },
      signIn: (id) => signIn(url, emailOf(id)),
      metrics: () => readMetrics(url),
    });
  } finally {
    await pool.destroy();
    await runtime.stop();
    await database().$disconnect();
  }
}

const emailOf = (id: string) => `${id}@example.org`;

async function signIn(url: string, email: string): Promise<string> {
  const asked = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  const answered = await fetch(`${url}/api/auth/callback/credentials`, {
    method: "POST",
    headers: { cookie: cookiesOf(asked) },
    body: new URLSearchParams({ csrfToken, email, password, json: "true" }),
    redirect: "manual",
  });
  const cookie = cookiesOf(answered);
  if (!cookie.includes("session-token")) throw new Error(`${email} could not sign in: ${answered.status}.`);
  return cookie;
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

async function readMetrics(url: string): Promise<Map<string, number>> {
  const answered = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
  const text = await answered.text();
  if (!answered.ok) throw new Error(`/metrics answered ${answered.status}: ${text}`);
  return new Map(
    text
      .split("\n")
      .filter((line) => line && !line.startsWith("#"))
      .map((line) => {
        const at = line.lastIndexOf(" ");
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
  );
}
