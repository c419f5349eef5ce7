/**
 * Brings up the whole of Holdpoint in an order in which nothing is ever missing: database, migrations, keys and secrets,
 * build, carrier, demo, console. Used by `npm start` and by the browser tests, which differ in the options only.
 */
import { existsSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Cluster, ensureDatabase, startCluster } from "./embedded-postgres";
import { beginHeadNote } from "./head-note";
import { migrate } from "./migrations";
import { ensureBuild } from "./next-build";
import { projectFolder } from "./places";
import { ensurePrismaClient } from "./prisma-client";
import { ensureKeys, ensureSecrets, hasEvents, writePrivate } from "./secrets";
import type { Supervisor } from "./supervisor";
import { ensureWorkspace, renewRows } from "./workspace";

export type ApplicationOptions = {
  dataFolder: string;
  port: number;
  /** Of the embedded database; has no meaning for another. */
  fsync: boolean;
  /** Whether to run the demo carrier and play demo orders. `onceEmpty` plays them only into a log without events. */
  demo: "no" | "onceEmpty" | "always";
  /** What the outside has set: a database, secrets, a carrier. It wins over what we would make. */
  environment: Record<string, string | undefined>;
  report(line: string): void;
};

export type Application = {
  url: string;
  /** What the console was started with, for those who talk to the same installation. */
  environment: Record<string, string>;
  /** What the demo printed about its people, "" without a demo. */
  signIns: string;
};

type Databases = { databaseUrl: string; databaseOwnerUrl: string | undefined };
type DemoBook = { state: "playing" | "played"; signIns: string };

const ANSWER_TIMEOUT_MS = 60_000;
const tsx = (script: string, ...args: string[]) => ["--import", "tsx", join("scripts", script), ...args];

/**
 * Starts everything under the supervisor and resolves when the console answers. Throws with a sentence that says
 * what to do; what was started by then is the supervisor's to stop.
 */
export async function startApplication(
  supervisor: Supervisor,
  options: ApplicationOptions,
): Promise<Application> {
  const { dataFolder, port, report } = options;
  const url = `http://127.0.0.1:${port}`;
  await refuseTakenPort(port);

  const databases = externalDatabase(options) ?? (await embeddedDatabase(supervisor, options));
  const ownerUrl = databases.databaseOwnerUrl ?? databases.databaseUrl;
  await migrate(ownerUrl, (line) => report(`database: ${line}`));

  const empty = !(await hasEvents(ownerUrl));
  const keys = ensureKeys(keysPath(dataFolder), options.environment, !empty, report);
  const secrets = ensureSecrets(secretsPath(dataFolder), options.environment);

  const workspace = options.environment.HOLDPOINT_WORKSPACE || "main";
  const environment: Record<string, string> = {
    DATABASE_URL: databases.databaseUrl,
    ...(databases.databaseOwnerUrl && { DATABASE_OWNER_URL: databases.databaseOwnerUrl }),
    ...keys,
    HOLDPOINT_WORKSPACE: workspace,
    HOLDPOINT_HEAD_FILE: headNotePath(dataFolder, options.environment),
    HOLDPOINT_DEMO: options.demo === "no" ? "" : "1",
    NEXTAUTH_URL: options.environment.NEXTAUTH_URL || url,
    ...(options.environment.CARRIER_MODE && { CARRIER_MODE: options.environment.CARRIER_MODE }),
    ...secrets,
  };

  await renewRows(ownerUrl, workspace, (line) => report(`database: ${line}`));
  ensurePrismaClient(report);
  await ensureBuild((command) => supervisor.perform(command, report), report);
  const carrierUrl =
    options.environment.CARRIER_URL || (await demoCarrier(supervisor, options, url, environment));
  if (carrierUrl) environment.CARRIER_URL = carrierUrl;
  const environmentFile = runningEnvironmentPath(dataFolder);
  writePrivate(environmentFile, environment);

  const signIns = await playDemo(supervisor, options, environment, empty);
  // The demo makes its own, whose clock it plays.
  await ensureWorkspace(ownerUrl, workspace, { played: false });
  await beginHeadNote(ownerUrl, workspace, environment.HOLDPOINT_HEAD_FILE!, report);
  await startConsole(supervisor, options, url, environment);
  return { url, environment, signIns };
}

/** Where the environment of the console that runs on a data folder is kept, for the commands of `npm run`. */
export function runningEnvironmentPath(dataFolder: string): string {
  return join(dataFolder, "environment.json");
}

/** Starts the embedded server of a data folder, or takes it over, with its database `holdpoint`. */
export async function startEmbedded(
  dataFolder: string,
  fsync: boolean,
): Promise<{ cluster: Cluster; databaseUrl: string; databaseOwnerUrl: string }> {
  const cluster = await startCluster({ dataDirectory: embeddedFolder(dataFolder), fsync });
  return { cluster, ...(await ensureDatabase(cluster, "holdpoint")) };
}

/** Where the root keys of a data folder are. */
export function keysPath(dataFolder: string): string {
  return join(dataFolder, "keys.json");
}

/** Where the head note of a workspace is: beside its keys, unless the environment says otherwise. */
export function headNotePath(dataFolder: string, environment: Record<string, string | undefined>): string {
  const {
    HOLDPOINT_HEAD_FILE: file,
    HOLDPOINT_KEYS_FILE: keys,
    HOLDPOINT_WORKSPACE: workspace,
  } = environment;
  return resolve(file || join(dirname(keys || keysPath(dataFolder)), `head.${workspace || "main"}.json`));
}

/** Where the secrets that an installation made for itself are. */
export function secretsPath(dataFolder: string): string {
  return join(dataFolder, "secrets.json");
}

/** Where the embedded server of a data folder has its data. */
export function embeddedFolder(dataFolder: string): string {
  return join(dataFolder, "postgres");
}

/** Whether the demo was played into the database of a data folder, and its sign-ins. */
export function demoBookPath(dataFolder: string): string {
  return join(dataFolder, "demo.json");
}

/** The file the demo carrier remembers in. */
export function carrierStorePath(dataFolder: string): string {
  return join(dataFolder, "carrier.json");
}

function externalDatabase({ environment, report }: ApplicationOptions): Databases | undefined {
  const databaseUrl = environment.DATABASE_URL;
  if (!databaseUrl) return undefined;
  const databaseOwnerUrl = environment.DATABASE_OWNER_URL || undefined;
  report(`database: the one of DATABASE_URL, at ${new URL(databaseUrl).host}`);
  if (!databaseOwnerUrl) {
    report(
      "database: DATABASE_OWNER_URL is not set, so the console itself owns the tables. That the log is append-only " +
        "is then held by the trigger alone, not by grants (prisma/roles.sql makes the roles for both).",
    );
  }
  return { databaseUrl, databaseOwnerUrl };
}

async function embeddedDatabase(supervisor: Supervisor, options: ApplicationOptions): Promise<Databases> {
  const { dataFolder, report } = options;
  if (!existsSync(embeddedFolder(dataFolder)))
    report(`database: making one in ${embeddedFolder(dataFolder)}`);
  const { cluster, ...databases } = await startEmbedded(dataFolder, options.fsync);
  await supervisor.add("database", () => cluster.stop());
  cluster.ended.then(() => supervisor.ended("database"));
  const how = cluster.adopted ? "took over the one an earlier start has left running" : "PostgreSQL 18 runs";
  report(`database: ${how}, on 127.0.0.1:${cluster.port} (process ${cluster.pid})`);
  return databases;
}

async function demoCarrier(
  supervisor: Supervisor,
  { demo, dataFolder, report }: ApplicationOptions,
  url: string,
  { CARRIER_WEBHOOK_SECRET: secret = "", CARRIER_MODE: mode }: Record<string, string>,
): Promise<string | undefined> {
  if (demo === "no") {
    report("carrier: CARRIER_URL is not set, so effects stay intended until it is");
    return undefined;
  }
  const callback = `${url}/api/callbacks/carrier`;
  const store = carrierStorePath(dataFolder);
  const args = ["--port", "0", "--store", store, "--callback-url", callback, "--webhook-secret", secret];
  // What the console believes of its carrier is then true of this one.
  if (mode) args.push("--mode", mode);
  const address = new Promise<string>((found) => {
    supervisor.serve({ name: "carrier", args: tsx("carrier.ts", ...args) }, (line) => {
      report(`carrier: ${line}`);
      const listening = /^carrier listening on (http:\S+)$/.exec(line);
      if (listening?.[1]) found(listening[1]);
    });
  });
  return orFailure(supervisor, address);
}

async function playDemo(
  supervisor: Supervisor,
  { demo, dataFolder, report }: ApplicationOptions,
  env: Record<string, string>,
  empty: boolean,
): Promise<string> {
  const path = demoBookPath(dataFolder);
  const book: DemoBook | undefined = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  // A demo that was cut off is played to its end: the orders it has are the same orders the second time.
  const wanted = demo === "always" || (demo === "onceEmpty" && (empty || book?.state === "playing"));
  if (!wanted) return demo === "no" ? "" : (book?.signIns ?? "");
  writePrivate(path, { state: "playing", signIns: "" } satisfies DemoBook);
  const { code, printed } = await supervisor.perform({ name: "demo", args: tsx("demo.ts"), env }, (line) =>
    report(`demo: ${line}`),
  );
  if (code !== 0) throw new Error(`The demo could not be played.\n${printed}`);
  const signIns = printed.trim() || (book?.signIns ?? "");
  writePrivate(path, { state: "played", signIns } satisfies DemoBook);
  return signIns;
}

async function startConsole(
  supervisor: Supervisor,
  { port, report }: ApplicationOptions,
  url: string,
  environment: Record<string, string>,
): Promise<void> {
  const next = join(projectFolder, "node_modules", "next", "dist", "bin", "next");
  const env = { ...environment, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  // Batches make much that lives for a moment only; with room for it, less time goes into collecting it.
  const args = ["--max-semi-space-size=64", next, "start", "-H", "127.0.0.1", "-p", `${port}`];
  supervisor.serve({ name: "console", args, env }, (line) => {
    if (line.trim()) report(`console: ${line}`);
  });
  await orFailure(supervisor, untilAnswering(url));
}

/** Waits for something, unless one of the processes it may depend on ends. */
async function orFailure<Value>(supervisor: Supervisor, wanted: Promise<Value>): Promise<Value> {
  const failure = supervisor.failed.then((sentence): never => {
    throw new Error(sentence);
  });
  return Promise.race([wanted, failure]);
}

async function untilAnswering(url: string): Promise<void> {
  const giveUpAt = Date.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    const status = await statusOf(url);
    if (status !== undefined && status < 500) return;
    if (Date.now() > giveUpAt) {
      const last = status === undefined ? "nothing" : `status ${status}`;
      throw new Error(
        `The console did not come up: ${url} answered ${last} for ${ANSWER_TIMEOUT_MS / 1000} s.`,
      );
    }
    await pause(100);
  }
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((done) => {
    const request = get(url, { agent: false }, (response) => {
      response.resume();
      done(response.statusCode);
    });
    request.once("error", () => done(undefined));
  });
}

function refuseTakenPort(port: number): Promise<void> {
  return new Promise((free, taken) => {
    const server = createServer();
    server.once("error", (error) => {
      const advice = "Stop that one, or choose another port: PORT=3001 npm start.";
      taken(new Error(`Port ${port} of 127.0.0.1 cannot be used (${error.message}). ${advice}`));
    });
    server.listen(port, "127.0.0.1", () => server.close(() => free()));
  });
}
