import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder with package.json. */
export const projectFolder: string = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** What an installation keeps when nothing else is configured: the database, its passwords, keys and secrets. */
export const dataFolder: string = join(projectFolder, ".data");

/** Takes what `.env` in the project folder sets into the environment, where the environment does not set it already. */
export function readEnvironmentFile(): void {
  const path = join(projectFolder, ".env");
  if (existsSync(path)) process.loadEnvFile(path);
}
