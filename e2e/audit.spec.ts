import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "playwright/test";
import { expectNoSidewaysScroll, expectNoViolation } from "./accessible";
import { askForOrder, expect, test } from "./journey";

const logOf = (page: Page): Locator => page.getByRole("table", { name: "Events of the log, newest first" });
/** What is suggested below the query; fields to choose from have options too. */
const suggestions = (page: Page): Locator =>
  page.getByRole("listbox", { name: "What could come next" }).getByRole("option");
const searchField = (page: Page): Locator => page.getByRole("combobox", { name: "Search the log" });

async function search(page: Page, query: string): Promise<void> {
  await searchField(page).fill(query);
  await page.getByRole("button", { name: "Search here" }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get("q") === query);
}

/** Clicks a link to a file and gives what is in it. */
async function download(page: Page, name: string): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name, exact: true }).click(),
  ]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

test("an auditor finds an order in the log, reads what happened to it, and verifies the log", async ({
  as,
}) => {
  const ada = await as("ada");
  await ada.goto("/audit");
  await expect(
    ada.getByText("The log is append-only by grants and a trigger", { exact: false }),
  ).toBeVisible();
  await ada.getByLabel("Event", { exact: true }).selectOption("taskEscalated");
  await ada.getByRole("button", { name: "Search here" }).click();
  await expect(searchField(ada)).toHaveValue("type:taskEscalated");
  await expect(logOf(ada).getByRole("row")).not.toHaveCount(1);
  await expect(logOf(ada).getByRole("cell", { name: "orderReceived" })).toHaveCount(0);
  await logOf(ada).getByRole("link").first().click();

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

test("an auditor searches in words, is told what is wrong with them, and takes along what fits", async ({
  as,
}) => {
  const rita = await as("rita");
  const { number } = await askForOrder(rita);
  const ada = await as("ada");
  await ada.goto("/audit");

  await search(ada, `actr:rita ${number}`);
  await expect(ada.getByText("There is no field “actr”", { exact: false })).toBeVisible();
  await expect(searchField(ada)).toHaveAccessibleDescription(/no field “actr”.*actor, kind, type/);
  // What could be read counts all the same.
  await expect(logOf(ada).getByRole("cell", { name: "taskOpened" })).toHaveCount(1);
  await expect(ada.getByRole("link", { name: "CSV" })).toHaveCount(0);
  await expectNoViolation(new AxeBuilder({ page: ada }), "a query with a word nobody knows");
  await ada.getByRole("link", { name: `Search for actor:rita ${number}` }).click();
  await expect(searchField(ada)).toHaveValue(`actor:rita ${number}`);
  await expect(ada.getByText("There is no field", { exact: false })).toHaveCount(0);
  await expect(ada.getByLabel("By", { exact: true })).toHaveValue("rita");

  // Narrowed with the keyboard alone, by what is suggested.
  const field = searchField(ada);
  await field.press("End");
  await field.pressSequentially(" ty");
  await expect(suggestions(ada)).toHaveCount(1);
  await expectNoViolation(new AxeBuilder({ page: ada }), "suggestions below a query");
  await field.press("ArrowDown");
  await expect(suggestions(ada).and(ada.locator("[aria-selected=true]"))).toContainText("type:");
  await field.press("Enter");
  await field.pressSequentially("received");
  await field.press("ArrowDown");
  await field.press("Enter");
  await expect(field).toHaveValue(`actor:rita ${number} type:orderReceived `);
  await field.press("Enter");
  await expect(ada.getByText("1 event fits.")).toBeVisible();
  await expect(logOf(ada).getByRole("row")).toHaveCount(2);

  const csv = await download(ada, "CSV");
  expect(csv.name).toMatch(/^log-\w+-\d{4}-\d\d-\d\d\.csv$/);
  expect(csv.text.split("\r\n")).toEqual([
    expect.stringContaining("Position,Recorded at (UTC)"),
    expect.stringMatching(/,orderReceived,[^,]+,person,[^,]+ asked for the order\.,[0-9a-f]{64}$/),
    "",
  ]);

  await search(ada, number);
  await ada.getByText("Save this search").first().click();
  await ada.getByLabel("Save this search as").fill(`Everything of ${number}`);
  await ada.getByRole("button", { name: "Save", exact: true }).click();
  await ada.goto("/audit");
  await ada
    .getByRole("navigation", { name: "Saved searches" })
    .getByRole("link", { name: `Everything of ${number}` })
    .click();
  await expect(searchField(ada)).toHaveValue(number);
  const { name, text } = await download(ada, "JSON Lines");
  expect(name).toMatch(/\.jsonl$/);
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.length).toBeGreaterThanOrEqual(3);
  for (const { leaf, body } of lines) {
    const bytes = Buffer.from(body, "base64");
    expect(createHash("sha256").update(Buffer.of(0)).update(bytes).digest("hex")).toBe(leaf);
    expect(bytes.toString()).not.toContain("Byron");
  }
  await expectNoSidewaysScroll(ada);
});

test("an auditor watches the log: what fits appears, waits while it is read, and follows after a lost connection", async ({
  as,
}) => {
  const rita = await as("rita");
  const ada = await as("ada");
  await ada.goto("/audit");
  await search(ada, "type:orderReceived actor:rita");
  await ada.getByRole("link", { name: "Watch", exact: true }).click();
  await expect(ada.getByText("Watching: new lines appear on top")).toBeVisible();
  const newest = logOf(ada).getByRole("row").nth(1);
  const before = await newest.getByRole("cell").first().textContent();

  await askForOrder(rita);
  await expect(newest.getByRole("cell").first()).not.toHaveText(before!);
  await expect(newest.getByRole("cell", { name: "orderReceived" })).toBeVisible();
  await expect(ada.getByRole("status").filter({ hasText: "1 new event" })).toHaveCount(1);
  await expectNoViolation(new AxeBuilder({ page: ada }), "a log that is watched");

  // Somebody who reads a line keeps the lines where they are.
  await newest.locator("summary").click();
  await expect(ada.getByText("Held back while you read")).toBeVisible();
  const read = await newest.getByRole("cell").first().textContent();
  await askForOrder(rita);
  await ada.getByRole("button", { name: "Show 1 new" }).click();
  await expect(newest.getByRole("cell").first()).not.toHaveText(read!);
  await expect(ada.getByRole("button", { name: "Nothing new" })).toBeVisible();

  await ada.mouse.move(0, 0);
  await searchField(ada).focus();
  await ada.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await expect(ada.getByText("Held back while you read")).toBeVisible();
  await ada.evaluate(() => window.scrollTo(0, 0));
  await expect(ada.getByText("Watching: new lines appear on top")).toBeVisible();

  const shown = await newest.getByRole("cell").first().textContent();
  await ada.context().setOffline(true);
  await expect(ada.getByText("No connection since", { exact: false })).toBeVisible();
  await askForOrder(rita);
  await expect(newest.getByRole("cell").first()).toHaveText(shown!);
  await ada.context().setOffline(false);
  await expect(newest.getByRole("cell").first()).not.toHaveText(shown!, { timeout: 20_000 });
  await expect(ada.getByText("No connection since", { exact: false })).toHaveCount(0);

  await ada.getByRole("link", { name: "Stop watching" }).click();
  await expect(ada).toHaveURL((url) => !url.searchParams.has("tail"));
  await askForOrder(rita);
  await expect(ada.getByText("recorded since", { exact: false })).toBeVisible();
  await ada.getByRole("button", { name: "Show what is new" }).click();
  await expect(ada.getByText("recorded since", { exact: false })).toHaveCount(0);
});

test("the log is searched without scripts too", async ({ as, browser }) => {
  const ada = await as("ada");
  const storageState = await ada.context().storageState();
  const context = await browser.newContext({ storageState, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/audit?actor=ana&position=100000");
  await expect(page).toHaveURL((url) => url.searchParams.get("q") === "actor:ana pos:<=100000");
  await expect(page.getByLabel("Up to position")).toHaveValue("100000");
  await page.getByLabel("Event", { exact: true }).selectOption("decisionMade");
  await page.getByLabel("Up to position").fill("");
  await page.getByRole("button", { name: "Search here" }).click();
  await expect(searchField(page)).toHaveValue("actor:ana type:decisionMade");
  await expect(logOf(page).getByRole("row")).not.toHaveCount(1);
  await context.close();
});
