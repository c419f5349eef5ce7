import { askForOrder, expect, openFromQueue, test } from "./journey";

test("a decision is taken back before anything follows from it", async ({ as }) => {
  const [rita, ana] = [await as("rita"), await as("ana")];
  const { number, path } = await askForOrder(rita);

  await openFromQueue(ana, number);
  await ana.getByRole("button", { name: "Approve" }).click();
  await expect(ana.getByText(/Takes effect in \d s\./)).toBeVisible();
  await ana.getByRole("button", { name: "Undo" }).click();
  await expect(ana.getByText("Ana Kovač took the decision back before it took effect.")).toBeVisible();
  await expect(ana.getByRole("button", { name: "Approve" })).toBeVisible();

  await ana.goto(path);
  await expect(ana.getByText("Under review")).toBeVisible();
  await expect(ana.getByText(/The carrier/)).toHaveCount(0);
});

test("a page that shows an order as it was is not what is decided", async ({ as }) => {
  const [rita, ana, ben] = [await as("rita"), await as("ana"), await as("ben")];
  const { number } = await askForOrder(rita);
  await openFromQueue(ana, number);
  await openFromQueue(ben, number);
  // Who writes is not interrupted: the page stays as it was.
  await ana.getByLabel("Note").fill("Looks fine to me.");
  await ben.getByRole("button", { name: "Reject" }).click();
  await expect(ben.getByRole("status").filter({ hasText: "Rejected" })).toBeVisible();

  await ana.getByRole("button", { name: "Approve" }).click();
  await expect(ana.getByRole("main").getByRole("alert")).toContainText("Somebody has decided this task.");
  await expect(ana.getByLabel("Note")).toHaveValue("Looks fine to me.");
  await ana.getByRole("link", { name: "Show the order as it is now" }).click();
  await expect(ana.getByText(/Rejected by Ben Osei/).first()).toBeVisible();
});
