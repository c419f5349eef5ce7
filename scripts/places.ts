import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder with package.json. */
export const projectFolder: string = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** What an installation keeps when nothing else is configured: the database, its passwords, keys and secrets. */
export const dataFolder: string = join(projectFolder, ".data");
