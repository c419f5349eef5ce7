import { verifyWorkspace } from "#lib/audit/verify";
import type { TestWorkspace } from "./workspace";

/** Reads the whole workspace as `npm run verify` does and throws with what is wrong: log, heads, commands and opinions. */
export async function expectVerified({ name, urls }: Pick<TestWorkspace, "name" | "urls">): Promise<void> {
  const { findings, findingsTotal } = await verifyWorkspace({
    databaseUrl: urls.databaseUrl,
    workspace: name,
  });
  if (findingsTotal > 0)
    throw new Error(
      `verify finds ${findingsTotal}:\n${findings.map((finding) => JSON.stringify(finding)).join("\n")}`,
    );
}
