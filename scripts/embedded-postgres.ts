/**
 * Runs a real PostgreSQL 18 in a folder: for `npm start` without a DATABASE_URL, for tests and for the bench.
 *
 * The server is started outside our process group, so that Ctrl-C reaches us first and we decide the order of stopping.
 * The price is that it outlives a kill -9 of us. Therefore starting first looks for a server that still runs on the
 * folder and takes it over, and clears away what a server that was killed itself has left behind.
 *
 * Beside the data directory, under the same name: `<name>.secrets.json` (0600, the passwords) and `<name>.log`.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import {
  canEnter,
  postgresBinaries,
  privateFolder,
  program,
  type ServerAccount,
  serverAccount,
} from "./postgres-binaries";
import { commandLine, isRunning, untilGone } from "./processes";

export type ClusterOptions = {
  /** Made when it does not exist. May become a symbolic link when the server's account cannot reach it. */
  dataDirectory: string;
  /** Off only for what may be lost: tests. */
  fsync: boolean;
  /** A free one when absent. A server that is taken over keeps its own. */
  port?: number;
  /** More `postgresql.conf` settings. A server that is taken over keeps its own. */
  settings?: Record<string, string>;
};

export type Cluster = {
  port: number;
  pid: number;
  dataDirectory: string;
  /** True when the server was already running. */
  adopted: boolean;
  superuserUrl(database: string): string;
  /** Stops the server, which ends its connections, and waits until it has. `immediate` skips the shutdown checkpoint. */
  stop(mode?: "fast" | "immediate"): Promise<void>;
  /** Resolves when the server has ended, whoever ended it. */
  ended: Promise<void>;
};

type Secrets = { superuser: string; owner: string; app: string };

const START_TIMEOUT_MS = 60_000;
const LOG_BYTES_MAX = 10 * 1024 * 1024;

/**
 * Starts the server of a data directory, or takes over the one that runs there. Resolves when it answers.
 * Throws with the end of the server's own log when it does not come up.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const account = serverAccount();
  const binaries = postgresBinaries(account);
  const given = resolve(options.dataDirectory);
  mkdirSync(dirname(given), { recursive: true });
  const folder = reachableFolder(given, account);

  const running = await runningCluster(given);
  if (running) {
    if ((await setting(running, "fsync")) === (options.fsync ? "on" : "off")) return running;
    await running.stop();
  }
  if (!existsSync(join(folder, "PG_VERSION"))) initialise(binaries, given, folder, options.fsync, account);
  const password = readSecrets(given).superuser;

  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    timezone: "UTC",
    log_timezone: "UTC",
    fsync: options.fsync ? "on" : "off",
    // Twice what it takes by itself: a log of some hundred thousand events is read without being fetched anew page by page.
    shared_buffers: "256MB",
    ...options.settings,
  };
  const arguments_ = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const port = options.port ?? (await freePort());
    const command = program(binaries, "postgres");
    const launched = launch(command, ["-D", folder, "-p", `${port}`, ...arguments_], given, account);
    const failed = await untilAnswering(launched, port, folder, password, giveUpAt);
    if (!failed) return cluster({ given, folder, binaries, account, port, password, launched });
    // The backends of a server that was killed need a moment to notice, and hold its shared memory until then.
    // A free port may be taken by somebody else between looking and listening.
    const passing = /shared memory block|could not bind|Address already in use/.test(failed);
    if (!passing || options.port !== undefined || Date.now() > giveUpAt) {
      throw new Error(`PostgreSQL in ${folder} did not start.\n${failed}`);
    }
    await pause(200);
  }
}

/**
 * Returns the server that runs on a data directory, waiting for one that is still starting or stopping;
 * undefined when none does. Removes the pid file of a server that was killed.
 */
export async function runningCluster(dataDirectory: string): Promise<Cluster | undefined> {
  const given = resolve(dataDirectory);
  if (!existsSync(given) || !existsSync(secretsPath(given))) return undefined;
  const folder = realpathSync(given);
  const pidPath = join(folder, "postmaster.pid");
  const password = readSecrets(given).superuser;
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const found = readPidFile(pidPath);
    if (!found) return undefined;
    if (!isRunning(found.pid) || !looksLikeServer(found.pid)) {
      // The number may by now belong to another program, and the server would refuse to start because of it.
      rmSync(pidPath, { force: true });
      return undefined;
    }
    if (found.port > 0 && (await servedFolder(found.port, password)) === folder) {
      const account = serverAccount();
      const binaries = postgresBinaries(account);
      return cluster({ given, folder, binaries, account, port: found.port, password, pid: found.pid });
    }
    if (Date.now() > giveUpAt) {
      throw new Error(
        `A PostgreSQL server (process ${found.pid}) runs on ${folder} and does not answer. End it first.`,
      );
    }
    await pause(100);
  }
}

/** Deletes a data directory and what lies beside it. Throws when a server runs on it. */
export async function removeCluster(dataDirectory: string): Promise<void> {
  const given = resolve(dataDirectory);
  if (await runningCluster(given)) throw new Error(`A server runs on ${given}; stop it first.`);
  if (existsSync(given) && lstatSync(given).isSymbolicLink()) {
    rmSync(dirname(realpathSync(given)), { recursive: true, force: true });
  }
  for (const path of [given, initialisingPath(given), secretsPath(given), logPath(given)]) {
    rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Makes the four roles with passwords of their own and a database the owner owns, all only where missing.
 * Returns the addresses of the runtime role and of the owner. Only the four roles may connect.
 */
export async function ensureDatabase(
  cluster: Cluster,
  name: string,
): Promise<{ databaseUrl: string; databaseOwnerUrl: string }> {
  const secrets = readSecrets(cluster.dataDirectory);
  const roles = readFileSync(new URL("../prisma/roles.sql", import.meta.url), "utf8");
  await withClient(cluster.superuserUrl("postgres"), async (client) => {
    await client.query(roles);
    await client.query(`ALTER ROLE holdpoint_owner PASSWORD ${client.escapeLiteral(secrets.owner)}`);
    await client.query(`ALTER ROLE holdpoint_app PASSWORD ${client.escapeLiteral(secrets.app)}`);
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
    if (!rowCount) await createDatabase(client, name);
  });
  return databaseUrls(cluster.port, name, secrets);
}

/** Makes a database of the owner's, from a template if given, that only the project's roles may connect to. */
export async function createDatabase(client: pg.Client, name: string, template?: string): Promise<void> {
  const database = client.escapeIdentifier(name);
  const from = template ? ` TEMPLATE ${client.escapeIdentifier(template)}` : "";
  await client.query(`CREATE DATABASE ${database}${from} OWNER holdpoint_owner`);
  // The grants of a database are the one thing that does not come along from its template.
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO holdpoint_app, holdpoint_report`);
}

/** Connects, hands the client over and closes it whatever happens. Throws with server and role when it cannot. */
export async function withClient<Result>(
  url: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  // A server that ends while the client is idle is reported by the next query; without a listener it ends the process.
  client.on("error", () => {});
  await client.connect().catch((error: Error) => {
    const { user, host, port } = client;
    // Refused on all of several addresses comes as an AggregateError without a message of its own.
    const reason = error instanceof AggregateError ? error.errors.map(String).join(", ") : error.message;
    throw new Error(`Cannot connect to PostgreSQL at ${host}:${port} as ${user}: ${reason}`, {
      cause: error,
    });
  });
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Returns a port of 127.0.0.1 that is free at this moment. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function databaseUrls(port: number, name: string, secrets: Secrets) {
  return {
    databaseUrl: serverUrl("holdpoint_app", secrets.app, port, name),
    databaseOwnerUrl: serverUrl("holdpoint_owner", secrets.owner, port, name),
  };
}

function serverUrl(role: string, password: string, port: number, database: string): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

function cluster(server: {
  given: string;
  folder: string;
  binaries: string;
  account: ServerAccount;
  port: number;
  password: string;
  /** What runs: our own child, or the number of a server that is taken over. */
  launched?: Launched;
  pid?: number;
}): Cluster {
  const { given, folder, binaries, account, port, password, launched } = server;
  const pid = launched?.child.pid ?? server.pid!;
  const ended = launched?.ended ?? untilGone(pid);
  return {
    port,
    pid,
    dataDirectory: given,
    adopted: !launched,
    ended,
    superuserUrl: (database) => serverUrl("postgres", password, port, database),
    async stop(mode = "fast") {
      if (!isRunning(pid)) return;
      const control = program(binaries, "pg_ctl");
      const options = ["stop", "-D", folder, "-m", mode, "-w", "-t", "60", "-s"];
      const asked = spawn(control, options, {
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
        ...ids(account),
      });
      let said = "";
      asked.stderr.on("data", (chunk) => {
        said += chunk;
      });
      const status = await new Promise<number | null>((done) => asked.once("close", done));
      if (status !== 0 && isRunning(pid))
        throw new Error(`PostgreSQL (process ${pid}) did not stop: ${said.trim()}`);
      await ended;
    },
  };
}

/**
 * The folder the server really uses. Below a folder that the server's account may not enter (root's home, say)
 * it cannot work, so the data lies outside and the given path is a link to it.
 */
function reachableFolder(given: string, account: ServerAccount): string {
  if (existsSync(given)) return realpathSync(given);
  rmSync(given, { force: true });
  if (canEnter(dirname(given), account)) return join(realpathSync(dirname(given)), basename(given));
  const place = mkdtempSync(join(privateFolder(), "data-"));
  if (account) chownSync(place, account.uid, account.gid);
  symlinkSync(join(place, "postgres"), given);
  return join(place, "postgres");
}

function initialise(
  binaries: string,
  given: string,
  folder: string,
  fsync: boolean,
  account: ServerAccount,
): void {
  // Built under another name: a folder under the final name is always a whole one.
  const unfinished = initialisingPath(folder);
  const passwordPath = `${unfinished}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const secrets: Secrets = { superuser: randomPassword(), owner: randomPassword(), app: randomPassword() };
  writeFileSync(secretsPath(given), `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  writeFileSync(passwordPath, `${secrets.superuser}\n`, { mode: 0o600, flag: "w" });
  if (account) {
    chownSync(unfinished, account.uid, account.gid);
    chownSync(passwordPath, account.uid, account.gid);
  }
  try {
    const made = spawnSync(
      program(binaries, "initdb"),
      [
        ...["-D", unfinished, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordPath}`],
        ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
        ...(fsync ? [] : ["--no-sync"]),
      ],
      { cwd: unfinished, encoding: "utf8", ...ids(account) },
    );
    if (made.status !== 0)
      throw new Error(`initdb failed in ${unfinished}: ${made.error?.message ?? made.stderr}`);
  } finally {
    rmSync(passwordPath, { force: true });
  }
  renameSync(unfinished, folder);
}

type Launched = { child: ChildProcess; ended: Promise<void>; said(): string };

function launch(command: string, options: string[], given: string, account: ServerAccount): Launched {
  const path = logPath(given);
  const before = existsSync(path) ? statSync(path).size : 0;
  const start = before > LOG_BYTES_MAX ? 0 : before;
  const log = openSync(path, start === before ? "a" : "w", 0o600);
  const { NODE_ENV, PATH, SystemRoot, TEMP } = process.env;
  const env = { NODE_ENV, PATH, SystemRoot, TEMP, LC_ALL: "C", TZ: "UTC" };
  const child = spawn(command, options, {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
    env,
    ...ids(account),
  });
  closeSync(log);
  child.unref();
  const ended = new Promise<void>((done) => {
    child.once("exit", () => done());
    child.once("error", () => done());
  });
  return { child, ended, said: () => readFileSync(path).subarray(start).toString("utf8").trim() };
}

/** Resolves with undefined when the server answers, otherwise with what it said before it ended or was given up. */
async function untilAnswering(
  launched: Launched,
  port: number,
  folder: string,
  password: string,
  giveUpAt: number,
) {
  let gone = false;
  launched.ended.then(() => {
    gone = true;
  });
  while (!gone) {
    if ((await servedFolder(port, password)) === folder) return undefined;
    if (Date.now() > giveUpAt) launched.child.kill("SIGKILL");
    await pause(25);
  }
  return launched.said() || "It ended without a word.";
}

/** The data directory of the server on a port, undefined when none answers to our password. */
async function servedFolder(port: number, password: string): Promise<string | undefined> {
  try {
    return await withClient(serverUrl("postgres", password, port, "postgres"), async (client) => {
      const { rows } = await client.query("SHOW data_directory");
      return rows[0]?.data_directory;
    });
  } catch {
    return undefined;
  }
}

async function setting(running: Cluster, name: string): Promise<string> {
  return withClient(running.superuserUrl("postgres"), async (client) => {
    const { rows } = await client.query("SELECT current_setting($1) AS value", [name]);
    return rows[0].value;
  });
}

function readPidFile(path: string): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return { pid: Number.parseInt(lines[0] ?? "", 10), port: Number.parseInt(lines[3] ?? "", 10) };
  } catch {
    return undefined;
  }
}

function looksLikeServer(pid: number): boolean {
  const line = commandLine(pid);
  return line === "" || line.includes("postgres");
}

function readSecrets(given: string): Secrets {
  const path = secretsPath(given);
  if (!existsSync(path)) {
    throw new Error(
      `${path} with the passwords of the database in ${given} is missing. Put it back from your backup.`,
    );
  }
  return JSON.parse(readFileSync(path, "utf8"));
}

function ids(account: ServerAccount): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {};
}

const secretsPath = (given: string) => `${given}.secrets.json`;
const logPath = (given: string) => `${given}.log`;
const initialisingPath = (folder: string) => `${folder}.initialising`;
const randomPassword = () => randomBytes(24).toString("base64url");
