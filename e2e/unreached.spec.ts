import { expect, orderNumber, test } from "./journey";

test("what was sent while the console did not answer is still there, and sent again it is done once", async ({
  as,
}) => {
  const rita = await as("rita");
  const number = orderNumber();
  await rita.goto("/requests/new");
  await rita.getByLabel("Order number").fill(number);
  await rita.getByLabel("Customer name").fill("Byron & Daughters");
  await rita.getByLabel("Customer reference").fill(`C-${number}`);
  await rita.getByLabel("Total").fill("12.34");

  // The first time it does not arrive; the second time it does, and the answer is lost.
  let sent = 0;
  await rita.route("**/requests/new", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    if (++sent === 2) await route.fetch();
    await route.abort();
  });
  const complaint = rita.getByRole("main").getByRole("alert");
  for (const times of [1, 2]) {
    await rita.getByRole("button", { name: "Send order" }).click();
    await expect(complaint).toContainText("The console did not answer");
    await expect(rita.getByRole("button", { name: "Send order" })).toBeEnabled();
    expect(sent).toBe(times);
    await expect(rita.getByLabel("Order number")).toHaveValue(number);
    await expect(rita.getByLabel("Total")).toHaveValue("12.34");
  }
  await rita.unroute("**/requests/new");
  await rita.getByRole("button", { name: "Send order" }).click();
  await expect(rita.getByRole("heading", { level: 1, name: new RegExp(number) })).toBeVisible();
  await rita.goto("/requests");
  await expect(rita.getByRole("link", { name: new RegExp(number) })).toHaveCount(1);
});
