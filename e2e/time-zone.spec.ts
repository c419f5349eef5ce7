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
