/** The generated database client in `prisma/client`: made from the schema, never committed, remade when stale. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { projectFolder } from "./places";

const SCHEMA = join(projectFolder, "prisma", "schema.prisma");
const STAMP = join(projectFolder, "prisma", "client", "made-from");

/** Generates the client unless the one that is there was made from this schema by this Prisma. Needs no network. */
export function ensurePrismaClient(report: (line: string) => void = () => {}): void {
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === fingerprint()) return;
  report("generating the database client");
  generatePrismaClient();
}

/** Generates the client. Throws with Prisma's own words when the schema is wrong. */
export function generatePrismaClient(): void {
  const madeFrom = fingerprint();
  const cli = join(prismaFolder(), "build", "index.js");
  const made = spawnSync(
    process.execPath,
    [cli, "generate", "--config", "prisma/prisma.config.ts", "--no-hints"],
    {
      cwd: projectFolder,
      encoding: "utf8",
      // Prisma looks for a native engine that generating never runs, and would go to the network for it.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1" },
    },
  );
  if (made.status !== 0) throw new Error(`prisma generate failed.\n${made.stdout}${made.stderr}`);
  writeFileSync(STAMP, madeFrom);
}

function fingerprint(): string {
  const { version } = JSON.parse(readFileSync(join(prismaFolder(), "package.json"), "utf8"));
  return createHash("sha256").update(readFileSync(SCHEMA)).update(`\0${version}`).digest("hex");
}

function prismaFolder(): string {
  return join(createRequire(import.meta.url).resolve("prisma/package.json"), "..");
}
