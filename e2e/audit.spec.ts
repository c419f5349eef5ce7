import { expect, test } from "./journey";

test("an auditor finds an order in the log, reads what happened to it, and verifies the log", async ({
  as,
}) => {
  const ada = await as("ada");
  await ada.goto("/audit");
  await expect(
    ada.getByText("The log is append-only by grants and a trigger", { exact: false }),
  ).toBeVisible();
  await ada.getByLabel("Event", { exact: true }).selectOption("taskEscalated");
  await ada.getByRole("button", { name: "Filter" }).click();
  await expect(ada).toHaveURL(/type=taskEscalated/);
  const log = ada.getByRole("table", { name: "Events of the log, newest first" });
  await expect(log.getByRole("row")).not.toHaveCount(1);
  await expect(log.getByRole("cell", { name: "orderReceived" })).toHaveCount(0);
  await log.getByRole("link").first().click();

  await expect(ada.getByRole("heading", { name: "What happened" })).toBeVisible();
  const escalated = ada.getByText("so the supervisors may decide it too", { exact: false });
  await escalated.click();
  await expect(ada.getByText('"lateBy_ms"', { exact: false })).toBeVisible();
  await expect(
    ada.getByText(/^order\/[0-9a-f-]{36}@\d+ · [0-9a-f]{64}$/).locator("visible=true"),
  ).toBeVisible();

  await ada.goto("/audit");
  await ada.getByRole("button", { name: "Verify the log" }).click();
  await expect(ada.getByText("The log is what was recorded")).toBeVisible({ timeout: 30_000 });
  await expect(ada.getByText("Every leaf is the hash of its body's bytes.")).toBeVisible();
  await expect(ada.getByRole("heading", { name: "What this cannot see" })).toBeVisible();
  await ada.reload();
  await expect(ada.getByRole("button", { name: "Verify again" })).toBeVisible();
});
