import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Cluster, ensureDatabase, removeCluster, startCluster, withClient } from "./embedded-postgres";
import { isRunning } from "./processes";
import { discardThrowawayFolder, makeThrowawayFolder } from "./testing/throwaway";

let folder: string;
let dataDirectory: string;

beforeEach(async () => {
  folder = await makeThrowawayFolder();
  // Under the name by which the folder's own clearing away finds it.
  dataDirectory = join(folder, "postgres");
});

afterEach(() => discardThrowawayFolder(folder));

const start = (fsync = false) => startCluster({ dataDirectory, fsync });

async function ask(url: string, text: string): Promise<Record<string, unknown>> {
  return withClient(url, async (client) => (await client.query(text)).rows[0]);
}

async function remember(cluster: Cluster, value: number): Promise<void> {
  await ask(cluster.superuserUrl("postgres"), `CREATE TABLE IF NOT EXISTS kept AS SELECT ${value} AS value`);
}

async function remembered(cluster: Cluster): Promise<unknown> {
  return (await ask(cluster.superuserUrl("postgres"), "SELECT value FROM kept")).value;
}

test("is PostgreSQL 18 with UTF-8, in no locale of the machine, for 127.0.0.1 with a password only", async () => {
  const cluster = await start();
  const facts = `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('listen_addresses') AS hosts,
    current_setting('unix_socket_directories') AS sockets, current_setting('fsync') AS fsync,
    pg_encoding_to_char(encoding) AS encoding, datlocale AS locale FROM pg_database WHERE datname = 'postgres'`;
  expect(await ask(cluster.superuserUrl("postgres"), facts)).toEqual({
    version: 18,
    hosts: "127.0.0.1",
    sockets: "",
    fsync: "off",
    encoding: "UTF8",
    locale: "C.UTF-8",
  });
  const wrong = cluster.superuserUrl("postgres").replace(/:[^:@]+@/, ":wrong@");
  await expect(ask(wrong, "SELECT 1")).rejects.toThrow("password authentication failed");
  expect(statSync(`${dataDirectory}.secrets.json`).mode & 0o777).toBe(0o600);
});

test("stopped and started again, it has what it had", async () => {
  const first = await start();
  await remember(first, 41);
  await first.stop();
  expect(isRunning(first.pid)).toBe(false);
  expect(await remembered(await start())).toBe(41);
});

test("a server that still runs is taken over, on its own port", async () => {
  const first = await start();
  const second = await start();
  expect(second).toMatchObject({ adopted: true, port: first.port, pid: first.pid });
  await second.stop();
  await first.ended;
});

test("a server that runs without fsync is not taken over where fsync is wanted", async () => {
  const first = await start(false);
  const second = await start(true);
  expect(second.pid).not.toBe(first.pid);
  expect(await ask(second.superuserUrl("postgres"), "SHOW fsync")).toEqual({ fsync: "on" });
});

test("killed, it recovers", async () => {
  const first = await start(true);
  await remember(first, 42);
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  const second = await start(true);
  expect(second.adopted).toBe(false);
  expect(await remembered(second)).toBe(42);
});

test("a pid file whose number now belongs to another program is cleared away, and the program left alone", async () => {
  const first = await start();
  await first.stop();
  const other = process.pid;
  writeFileSync(
    join(realpathSync(dataDirectory), "postmaster.pid"),
    `${other}\n${dataDirectory}\n1\n1\n\n127.0.0.1\n`,
  );
  expect((await start()).adopted).toBe(false);
  expect(isRunning(other)).toBe(true);
});

test("an initialisation that was cut off is begun anew", async () => {
  const unfinished = `${dataDirectory}.initialising`;
  mkdirSync(unfinished);
  writeFileSync(join(unfinished, "PG_VERSION"), "18\n");
  expect((await start()).port).toBeGreaterThan(0);
  expect(existsSync(unfinished)).toBe(false);
});

test("roles and database are made once, and the runtime role owns nothing", async () => {
  const cluster = await start();
  const urls = await ensureDatabase(cluster, "shop");
  expect(await ensureDatabase(cluster, "shop")).toEqual(urls);
  expect(await ask(urls.databaseOwnerUrl, "SELECT current_user AS who")).toEqual({ who: "holdpoint_owner" });
  await expect(ask(urls.databaseUrl, "CREATE TABLE mine ()")).rejects.toThrow(
    "permission denied for schema public",
  );
  await ask(cluster.superuserUrl("postgres"), "CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
  const stranger = urls.databaseUrl.replace(/\/\/.*@/, "//stranger:stranger@");
  await expect(ask(stranger, "SELECT 1")).rejects.toThrow('permission denied for database "shop"');
});

test("says so when the passwords of an existing database are gone", async () => {
  await (await start()).stop();
  rmSync(`${dataDirectory}.secrets.json`);
  await expect(start()).rejects.toThrow("postgres.secrets.json with the passwords of the database");
});

test.runIf(process.getuid?.() === 0)(
  "below a folder that only root may enter, its data lies outside",
  async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const place = join(closed, "postgres");
    const cluster = await startCluster({ dataDirectory: place, fsync: false });
    try {
      expect(lstatSync(place).isSymbolicLink()).toBe(true);
      expect(await ask(cluster.superuserUrl("postgres"), "SELECT 1 AS one")).toEqual({ one: 1 });
    } finally {
      await cluster.stop("immediate");
    }
    const real = realpathSync(place);
    await removeCluster(place);
    expect([existsSync(place), existsSync(real)]).toEqual([false, false]);
  },
);
