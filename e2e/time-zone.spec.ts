import type { Page } from "playwright/test";
import { expect, signIn, test } from "./journey";

/** The first time in the log's table: what it says, and what it should say in a zone, written as in the region. */
async function firstTime(
  page: Page,
  timeZone: string,
  locale = "en-GB",
): Promise<{ shown: string; expected: string }> {
  const time = page.getByRole("cell").locator("time:visible").first();
  const at = (await time.getAttribute("datetime")) ?? "";
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  return { shown: await time.innerText(), expected: format.format(new Date(at)).replaceAll("\u202f", " ") };
}

for (const [timeZone, locale, named] of [
  ["Asia/Tokyo", "en-GB", /at \d\d:\d\d:\d\d GMT\+9$/],
  ["America/New_York", "en-US", /at \d\d:\d\d:\d\d [AP]M (GMT-[45]|E[SD]T)$/],
] as const)
  test(`times are in the reader's own zone, and written as there, from the first page on: ${timeZone}`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ timezoneId: timeZone, locale });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (line) => line.type() === "error" && wrong.push(line.text()));
    await signIn(page, "ada");
    await expect(page.getByText(`Times are in ${timeZone}.`)).toBeVisible();
    await page.goto("/audit");
    const { shown, expected } = await firstTime(page, timeZone, locale);
    expect(shown).toBe(expected);
    await expect(page.getByRole("cell").locator("time:visible").first()).toHaveAttribute("title", named);

    // What the server sends is what is seen: nothing is put right in the browser, and nothing differs there.
    const sent = await (await page.request.get("/audit", { headers: { "accept-language": locale } })).text();
    expect(sent).toContain(`>${expected}</time>`);
    await expect(page.getByRole("button", { name: /^Verify/ })).toBeVisible();
    expect(wrong).toEqual([]);
    await context.close();
  });

test("without scripts times are in UTC, and say so; with them an open page follows who has travelled", async ({
  as,
  browser,
}) => {
  const { cookies } = await (await as("ada")).context().storageState();
  const storageState = { cookies: cookies.filter(({ name }) => name !== "holdpoint-time-zone"), origins: [] };

  const still = await browser.newContext({
    storageState,
    javaScriptEnabled: false,
    timezoneId: "Asia/Tokyo",
  });
  const unscripted = await still.newPage();
  await unscripted.goto("/audit");
  await expect(unscripted.getByText("Times are in UTC.")).toBeVisible();
  const { shown, expected } = await firstTime(unscripted, "UTC");
  expect(shown).toBe(expected);
  await still.close();

  const travelled = await browser.newContext({ storageState, timezoneId: "Asia/Tokyo" });
  const page = await travelled.newPage();
  await page.goto("/audit");
  await expect(page.getByText("Times are in Asia/Tokyo.")).toBeVisible();
  await travelled.close();
});

test("days of the log are those of the reader's zone, and whoever follows the link elsewhere sees the same", async ({
  as,
  browser,
}) => {
  const { cookies } = await (await as("ada")).context().storageState();
  const storageState = { cookies: cookies.filter(({ name }) => name !== "holdpoint-time-zone"), origins: [] };
  const reader = async (timezoneId: string, javaScriptEnabled = true) => {
    const context = await browser.newContext({ storageState, timezoneId, javaScriptEnabled });
    const page = await context.newPage();
    await page.goto("/audit");
    return page;
  };
  const fitting = (page: Page) => page.getByText(/^[\d,]+ events? fits?\.$/);

  const tokyo = await reader("Asia/Tokyo");
  const from = tokyo.getByLabel("From (Asia/Tokyo)");
  await expect(from).toBeVisible();
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" }).format(new Date());
  await from.fill(day);
  // What is recorded meanwhile is not what this is about.
  const last = (await tokyo.getByText(/^[\d,]+ events\.$/).innerText()).replace(/\D/g, "");
  await tokyo.getByLabel("Up to position").fill(last);
  await tokyo.getByRole("button", { name: "Search here" }).click();
  const asked = `from:${day} pos:<=${last}`;
  await expect(tokyo).toHaveURL((url) => url.searchParams.get("q") === `${asked} zone:Asia/Tokyo`);
  const counted = await fitting(tokyo).innerText();

  const newYork = await reader("America/New_York");
  await expect(newYork.getByText("Times are in America/New_York.")).toBeVisible();
  await expect(newYork.getByLabel("Until (America/New_York)")).toBeVisible();
  const link = tokyo.url();
  await newYork.goto(link);
  await expect(newYork.getByLabel("From (Asia/Tokyo)")).toHaveValue(day);
  await expect(fitting(newYork)).toHaveText(counted);
  await newYork.getByLabel("Event", { exact: true }).selectOption("orderReceived");
  await newYork.getByRole("button", { name: "Search here" }).click();
  await expect(newYork).toHaveURL(
    (url) => url.searchParams.get("q") === `${asked} zone:Asia/Tokyo type:orderReceived`,
  );
  await newYork.getByRole("link", { name: "Read them as days of America/New_York" }).click();
  await expect(newYork.getByLabel("From (America/New_York)")).toHaveValue(day);

  const unscripted = await reader("Asia/Tokyo", false);
  await unscripted.getByLabel("From (UTC)").fill(day);
  await unscripted.getByRole("button", { name: "Search here" }).click();
  await expect(unscripted).toHaveURL((url) => url.searchParams.get("q") === `from:${day}`);
  await unscripted.goto(link);
  await expect(unscripted.getByLabel("From (Asia/Tokyo)")).toHaveValue(day);
  await expect(fitting(unscripted)).toHaveText(counted);
  for (const page of [tokyo, newYork, unscripted]) await page.context().close();
});
