/** A copy of the repository to break: the files git knows, as they are now, and the installed packages by a link. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../places";

export type Copy = { root: string; discard(): void };

/** Also files that are new and not yet added; what git ignores stays behind, but for the database client. */
export function copyOfTree(): Copy {
  const root = mkdtempSync(join(tmpdir(), "holdpoint-mutants-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: projectFolder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of [...listed.split("\0").filter(Boolean), "prisma/client"]) {
    const from = join(projectFolder, file);
    if (existsSync(from)) cpSync(from, join(root, file), { recursive: true });
  }
  symlinkSync(join(projectFolder, "node_modules"), join(root, "node_modules"), "dir");
  return { root, discard: () => rmSync(root, { recursive: true, force: true }) };
}
