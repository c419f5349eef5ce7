import type { Page } from "playwright/test";
import { askForOrder, expect, test } from "./journey";

/** Waits until the page follows what happens: the banner says nothing, and a page that follows says so itself. */
const banner = (page: Page) => page.getByRole("banner").getByRole("status");

/** Marks the document, so that a page that was loaded anew is found out. */
const mark = (page: Page) => page.evaluate(() => document.documentElement.setAttribute("data-marked", ""));
const expectNotReloaded = (page: Page) =>
  expect(page.locator("html[data-marked]"), "the page was not loaded anew").toHaveCount(1);

test("what one person does another sees without loading the page", async ({ as }) => {
  const [rita, ana, sam] = [await as("rita"), await as("ana"), await as("sam")];
  await sam.goto("/orders");
  await mark(sam);
  const { number, path } = await askForOrder(rita);
  await expect(sam.getByRole("link", { name: new RegExp(number) })).toBeVisible();
  await expectNotReloaded(sam);

  await mark(rita);
  await ana.goto(path);
  await ana.getByRole("button", { name: "Reject" }).click();
  await expect(
    rita
      .getByRole("main")
      .getByText(/Rejected/)
      .first(),
  ).toBeVisible();
  await expectNotReloaded(rita);
});

test("a lost connection is said, what is shown stays, and what was missed is caught up with", async ({
  as,
}) => {
  const [rita, sam] = [await as("rita"), await as("sam")];
  await sam.goto("/orders");
  const rows = sam.getByRole("main").getByRole("link");
  const before = await rows.first().textContent();
  await mark(sam);
  await sam.context().setOffline(true);
  await expect(banner(sam)).toContainText(/No connection since \d\d:\d\d:\d\d\./);
  const { number } = await askForOrder(rita);
  await expect(rows.first()).toHaveText(before!);
  await banner(sam).getByRole("button", { name: "Try now" }).click();
  await expect(banner(sam)).toContainText("No connection");
  // A page that cannot come takes nothing away.
  await rows.first().click();
  await sam.getByRole("link", { name: "Escalations" }).click();
  await expect(banner(sam)).toContainText("Other pages open when it is back.");
  await expect(rows.first()).toHaveText(before!);

  await sam.context().setOffline(false);
  await expect(banner(sam)).not.toContainText("No connection");
  await expect(sam.getByRole("link", { name: new RegExp(number) })).toBeVisible();
  await expectNotReloaded(sam);
});

test("tabs of one browser share one stream, and the next one takes over when the first is closed", async ({
  as,
}) => {
  const [rita, sam] = [await as("rita"), await as("sam")];
  const streams: string[] = [];
  sam.context().on("request", (request) => {
    if (new URL(request.url()).pathname === "/live") streams.push(request.url());
  });
  await sam.goto("/orders");
  await expect.poll(() => streams.length).toBe(1);
  const second = await sam.context().newPage();
  await second.goto("/orders");
  const third = await sam.context().newPage();
  await third.goto("/orders");
  const first = await askForOrder(rita);
  for (const page of [sam, second, third])
    await expect(page.getByRole("link", { name: new RegExp(first.number) })).toBeVisible();
  expect(streams).toHaveLength(1);

  await sam.goto("about:blank");
  await expect.poll(() => streams.length).toBe(2);
  const after = await askForOrder(rita);
  for (const page of [second, third])
    await expect(page.getByRole("link", { name: new RegExp(after.number) })).toBeVisible();
  expect(streams).toHaveLength(2);
});

test("a page does not change under the hands of somebody who writes, and says that something waits", async ({
  as,
}) => {
  const [rita, ana, sam] = [await as("rita"), await as("ana"), await as("sam")];
  const { path } = await askForOrder(rita);
  await ana.goto(path);
  await ana.getByLabel("Note").fill("The address is odd.");
  await sam.goto(path);
  await sam.getByText("Cancel the order…").click();
  await sam.getByRole("textbox", { name: "Why" }).fill("Asked for twice.");
  await sam.getByRole("button", { name: "Cancel the order" }).click();

  await expect(banner(ana)).toContainText("Something has changed here.");
  await expect(ana.getByLabel("Note")).toHaveValue("The address is odd.");
  await banner(ana).getByRole("button", { name: "Show it now" }).click();
  await expect(ana.getByRole("main").getByText("Cancelled").first()).toBeVisible();
});
