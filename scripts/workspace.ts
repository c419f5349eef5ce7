import { rowsVersion } from "#lib/domain/order-rows";
import { rebuildProjections } from "#lib/engine/rebuild";
import { withClient } from "./embedded-postgres";

/**
 * The row of `workspace_head` that makes a workspace: only the owner of the tables may write it. A workspace whose clock
 * is played takes events of any time, for the demo and for tests; every other one refuses a writer whose clock is off.
 */
const clock_tolerance_ms = 5_000;

/**
 * Makes the workspace when there is none; one that is there stays as it is, but for one without any event, whose clock is
 * then as asked. Returns whether its clock is played.
 */
export async function ensureWorkspace(
  ownerUrl: string,
  workspace: string,
  { played }: { played: boolean },
): Promise<{ played: boolean }> {
  return withClient(ownerUrl, async (client) => {
    await client.query(
      `INSERT INTO workspace_head AS held (workspace, clock_tolerance_ms) VALUES ($1, $2)
       ON CONFLICT (workspace) DO UPDATE SET clock_tolerance_ms = excluded.clock_tolerance_ms WHERE held.next_pos = 0`,
      [workspace, played ? null : clock_tolerance_ms],
    );
    const { rows } = await client.query(
      "SELECT clock_tolerance_ms IS NULL AS played FROM workspace_head WHERE workspace = $1",
      [workspace],
    );
    return rows[0];
  });
}

/** Makes the rows of the workspace anew where an older version made them: until then this one would write nothing. */
export async function renewRows(
  ownerUrl: string,
  workspace: string,
  report: (line: string) => void,
): Promise<void> {
  const outdated = await withClient(ownerUrl, async (client) => {
    const { rows } = await client.query(
      "SELECT FROM workspace_head WHERE workspace = $1 AND rows_version < $2",
      [workspace, rowsVersion],
    );
    return rows.length > 0;
  });
  if (!outdated) return;
  report(`the rows of ${workspace} were made by an older version, and are made anew from the log`);
  const { rows, events } = await rebuildProjections({ ownerUrl, workspace });
  report(`made ${rows} rows from ${events} events`);
}

/** Ends the play: from now on the workspace takes only what happens at the time it is written. */
export async function keepRealTime(ownerUrl: string, workspace: string): Promise<void> {
  await withClient(ownerUrl, (client) =>
    client.query("UPDATE workspace_head SET clock_tolerance_ms = $2 WHERE workspace = $1", [
      workspace,
      clock_tolerance_ms,
    ]),
  );
}
