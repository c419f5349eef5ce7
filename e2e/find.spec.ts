import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expectAccessible, expectNoSidewaysScroll, expectNoViolation } from "./accessible";
import { askForOrder, expect, linesOf, openFromQueue, test } from "./journey";

/** Opens the palette by its keys, which waits until the page's scripts are there. */
async function openPalette(page: Page) {
  const field = page.getByRole("combobox", { name: "A number on the paper, or a page" });
  await expect(async () => {
    await page.keyboard.press("Control+k");
    await expect(field).toBeFocused({ timeout: 1_000 });
  }).toPass();
  return field;
}

test("an order is found by each number on the paper, without scripts too, and by whom it is no business of it is not", async ({
  as,
  browser,
}) => {
  test.setTimeout(120_000);
  const [rita, ana, remy] = [await as("rita"), await as("ana"), await as("remy")];
  const { number, path } = await askForOrder(rita);
  await openFromQueue(ana, number);
  await ana.getByRole("button", { name: "Approve", exact: true }).click();
  const confirmed = ana.getByRole("region", { name: "What happened" }).getByText(/confirmed the dispatch/);
  await expect(async () => {
    await ana.goto(path);
    await expect(confirmed.first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 45_000, intervals: [500] });
  const tracking = /reference (\S+)\./.exec((await confirmed.first().textContent()) ?? "")?.[1] ?? "";
  expect(tracking).not.toBe("");

  const storageState = await ana.context().storageState();
  const plain = await browser.newContext({ storageState, javaScriptEnabled: false });
  const page = await plain.newPage();
  await page.goto("/");
  await page.getByRole("banner").getByRole("button", { name: "Search" }).click();
  await expect(page.getByText("Which number is on the paper?")).toBeVisible();
  const found = page.getByRole("link", { name: new RegExp(number) });
  for (const [text, heading, own] of [
    [number, "Order number", true],
    [tracking, "Carrier’s tracking number", true],
    [path.slice("/orders/".length), "Order id", true],
    [`C-${number}`, "Customer reference", false],
    [number.slice(0, -1), "Order number begins with it", false],
  ] as const) {
    await page.getByLabel("Number", { exact: true }).fill(text);
    await page.getByRole("main").getByRole("button", { name: "Search" }).click();
    await expect(page.getByRole("region", { name: heading, exact: true }).getByRole("link")).toHaveCount(1);
    await expect(found).toBeVisible();
    await expect(page.getByRole("link", { name: "Open the order" })).toHaveCount(own ? 1 : 0);
  }
  await page.getByLabel("Number", { exact: true }).fill(number);
  await page.getByRole("main").getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Open the order" }).click();
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(number) })).toBeVisible();
  await plain.close();

  for (const text of [number, tracking, `C-${number}`, path.slice("/orders/".length)]) {
    await rita.goto(`/search?${new URLSearchParams({ q: text })}`);
    await expect(rita.getByRole("main").getByRole("link", { name: new RegExp(number) })).toBeVisible();
  }
  await ana.goto("/search?q=x");
  await expect(ana.getByText("No order has the number x")).toBeVisible();
  const others = await askForOrder(remy);
  for (const text of [others.number, `C-${others.number}`, others.path.slice("/orders/".length)]) {
    await rita.goto(`/search?${new URLSearchParams({ q: text })}`);
    await expect(rita.getByText(`No order has the number ${text}`)).toBeVisible();
  }
  await expectAccessible(ana, "/search");
  await expectAccessible(ana, `/search?q=${number}`);
  await expectNoSidewaysScroll(ana);
});

test("by the keyboard alone one finds an order and goes anywhere", async ({ as }) => {
  const { number } = await askForOrder(await as("rita"));
  const ana = await as("ana");
  const { keyboard } = ana;
  await ana.goto("/");
  await openPalette(ana);
  await keyboard.type(number);
  await keyboard.press("Enter");
  await expect(ana.getByRole("heading", { level: 1, name: new RegExp(number) })).toBeVisible();

  await openPalette(ana);
  await expect(ana.getByRole("option", { name: new RegExp(number) })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  for (const colorScheme of ["light", "dark"] as const) {
    await ana.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectNoViolation(new AxeBuilder({ page: ana }), `the palette in the ${colorScheme} theme`);
  }
  await keyboard.type("work");
  await expect(ana.getByRole("option").first()).toHaveAccessibleName(/Workflows/);
  await keyboard.press("Enter");
  await expect(ana).toHaveURL(/\/workflows$/);

  await openPalette(ana);
  await keyboard.press("Escape");
  await expect(ana.getByRole("dialog")).toHaveCount(0);
  await keyboard.press("g");
  await keyboard.press("q");
  await expect(ana).toHaveURL(/\/queue$/);
});

test("after G a letter goes somewhere and does nothing else; where one types or has switched it off, it is a letter", async ({
  as,
}) => {
  await askForOrder(await as("rita"));
  const ana = await as("ana");
  const { keyboard } = ana;
  await ana.goto("/queue");
  await openPalette(ana);
  await keyboard.press("Escape");
  await ana.getByRole("grid").focus();
  await keyboard.press("x");
  await expect(linesOf(ana).getByRole("checkbox", { checked: true })).toHaveCount(1);
  await keyboard.press("g");
  await keyboard.press("x");
  await expect(linesOf(ana).getByRole("checkbox", { checked: true })).toHaveCount(1);
  await keyboard.press("Escape");

  const filter = ana.getByLabel("Filter what is loaded");
  await filter.focus();
  await keyboard.type("go");
  await expect(filter).toHaveValue("go");
  await filter.fill("");
  await expect(ana).toHaveURL(/\/queue$/);

  await ana.getByRole("heading", { level: 1 }).click();
  await keyboard.press("?");
  const sheet = ana.getByRole("dialog", { name: "Keys" });
  await expect(sheet.getByText("Give the verdict with this number")).toBeVisible();
  await expect(sheet.getByText("Workflows")).toBeVisible();
  await expect(sheet.getByText("People")).toHaveCount(0);
  await expectNoViolation(new AxeBuilder({ page: ana }), "the sheet of keys");
  const single = sheet.getByRole("checkbox");
  await single.uncheck();
  await sheet.getByRole("button", { name: "Close" }).click();
  await keyboard.press("g");
  await keyboard.press("o");
  await keyboard.press("?");
  await expect(ana.getByRole("dialog")).toHaveCount(0);
  await expect(ana).toHaveURL(/\/queue$/);
  await ana.getByRole("button", { name: "Keys" }).click();
  await single.check();
  await sheet.getByRole("button", { name: "Close" }).click();
  await keyboard.press("g");
  await keyboard.press("o");
  await expect(ana).toHaveURL(/\/orders$/);
});
