/** Builds the console when what it is made of has changed since the last build. Needs no database and no secret. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectFolder } from "./places";
import type { Command } from "./supervisor";

const FOLDERS = ["app", "components", "lib", "public"];
const FILES = [
  "prisma/schema.prisma",
  "package.json",
  "package-lock.json",
  "next.config.mjs",
  "tsconfig.json",
];
/** Next's own BUILD_ID says that something was built, not from what. */
const STAMP = join(projectFolder, ".next", "holdpoint-build-hash");

/** Variables a build must not see: what it reads at build time it would keep for ever. */
const HIDDEN = [
  "DATABASE_URL",
  "DATABASE_OWNER_URL",
  "NEXTAUTH_SECRET",
  "CRON_SECRET",
  "CARRIER_WEBHOOK_SECRET",
];

/** Runs `perform` with the build command unless `.next` was built from these very sources. Throws when it fails. */
export async function ensureBuild(
  perform: (command: Command) => Promise<{ code: number | null; printed: string }>,
  report: (line: string) => void,
): Promise<void> {
  const hash = sourcesHash();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash) return;
  report("building the console (the sources changed since the last build)");
  rmSync(STAMP, { force: true });
  const hidden = Object.fromEntries(HIDDEN.map((name) => [name, ""]));
  const env = { ...hidden, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const args = [join(projectFolder, "node_modules", "next", "dist", "bin", "next"), "build"];
  const { code, printed } = await perform({ name: "build", args, env });
  if (code !== 0) throw new Error(`The build failed.\n${printed}`);
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, hash);
}

function sourcesHash(): string {
  const hash = createHash("sha256");
  const atRoot = readdirSync(projectFolder).filter(
    (name) => name.endsWith(".ts") && name !== "next-env.d.ts",
  );
  const paths = [...FOLDERS.flatMap(filesBelow), ...FILES, ...atRoot].filter(
    (path) => !/\.test\.tsx?$/.test(path),
  );
  for (const path of paths.sort()) {
    const bytes = readFileSync(join(projectFolder, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectFolder, join(entry.parentPath, entry.name)));
}
