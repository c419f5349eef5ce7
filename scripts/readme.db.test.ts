/** What README.md shows works as it stands there: its workflow runs, and its reports say what happened. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { workflows } from "#lib/domain/workflows/registry";
import { withClient } from "./embedded-postgres";
import { projectFolder } from "./places";
import { largeOrder } from "./testing/large-order";
import { type TestWorkspace, testWorkspace } from "./testing/workspace";

const readme = readFileSync(join(projectFolder, "README.md"), "utf8");
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, text]) => text ?? "");
const reports = blocks("sql").filter((text) => text.includes("event_view"));

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace({ definitions: [...workflows, largeOrder] });
});
afterAll(() => workspace.close());

/** As somebody who may read reports and nothing else. */
function report(n: number): Promise<object[]> {
  return withClient(workspace.urls.superuserUrl, async (client) => {
    await client.query("SET ROLE holdpoint_report");
    await client.query("SET TIME ZONE 'Pacific/Auckland'");
    return (await client.query(reports[n]!)).rows;
  });
}

test("the workflow is the one that is tested here, and runs to its end", async () => {
  const shown = blocks("ts").find((text) => text.includes("defineWorkflow"));
  expect(readFileSync(join(projectFolder, "scripts/testing/large-order.ts"), "utf8")).toContain(shown);

  const small = await workspace.receive({ workflow: "large-order@1", total: { amount: 1, currency: "GBP" } });
  expect((await workspace.order(small)).status).toBe("completed");
  const large = await workspace.receive({ workflow: "large-order@1" });
  expect((await workspace.task(large)).step).toBe("sign.off");
  await workspace.decide(workspace.person("ana"), large, "reject");
  expect((await workspace.order(large)).status).toBe("rejected");
});

test("the reports say how orders ended, how long reviews took, and who was refused what", async () => {
  const { clock, person } = workspace;
  clock.advance_minutes(24 * 60);
  const [approved, late, withdrawn, cancelled] = [
    await workspace.receive(),
    await workspace.receive(),
    await workspace.receive(),
    await workspace.receive(),
  ];
  await workspace.receive({ past: { occurredAt: "2010-12-01T08:26:00.000Z" } });
  clock.advance_minutes(30);
  await workspace.decide(person("ana"), approved, "approve");
  await workspace.decide(person("ana"), withdrawn, "approve", { undo_ms: 8_000 });
  const at = { order: withdrawn, step: "manual.review", visit: 1 };
  expect(await workspace.ask(person("ana"), { type: "task.withdraw", ...at })).toMatchObject({
    rejected: false,
  });
  await workspace.ask(person("rita"), {
    type: "order.cancel",
    order: cancelled,
    reason: "No longer wanted.",
  });
  for (let tries = 0; tries < 5; tries++) await workspace.decide(person("rita"), late, "approve");
  await workspace.decide(person("ada"), late, "approve");
  clock.advance_minutes(120);
  await workspace.decide(person("ben"), late, "reject");
  await workspace.runtime.dispatcher.idle();
  await workspace.runtime.engine.countDenials(true);

  expect(reports).toHaveLength(3);
  const day = (text: string) => new Date(`${text}T00:00:00`);
  expect(await report(0)).toEqual([
    {
      day: day("2026-03-02"),
      received: "2",
      completed: "1",
      rejected: "1",
      cancelled: "0",
      from_the_past: "0",
      open: "0",
    },
    {
      day: day("2026-03-03"),
      received: "5",
      completed: "1",
      rejected: "1",
      cancelled: "1",
      from_the_past: "1",
      open: "1",
    },
  ]);
  expect(await report(1)).toEqual([
    { reviewer: "ana", decisions: "2", median_minutes: "15", longest_minutes: "30", breached: "0" },
    { reviewer: "ben", decisions: "1", median_minutes: "150", longest_minutes: "150", breached: "1" },
  ]);
  expect(await report(2)).toEqual([
    { who: "rita", rule: "own request", refusals: "5", orders: "1", last: expect.any(Date) },
    { who: "ada", rule: "role", refusals: "1", orders: "1", last: expect.any(Date) },
  ]);
});
