/** What every journey is made of: people who are signed in, each in a browser of their own, and the orders they ask for. */
import { randomUUID } from "node:crypto";
import { test as base, expect, type Locator, type Page } from "playwright/test";
import { demoPassword, emailOf, type people } from "../scripts/demo/story";

export { expect };

export type PersonId = (typeof people)[number]["id"];

type Journey = {
  /** A page of somebody's own browser, signed in and still empty. The same person twice gets the same page. */
  as(person: PersonId): Promise<Page>;
};

type Session = Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;

// Checking a password is slow on purpose, so each person signs in once for all journeys.
const sessions = new Map<PersonId, Session>();

export const test = base.extend<Journey>({
  as: async ({ browser }, use) => {
    const pages = new Map<PersonId, Page>();
    const forbidden: string[] = [];
    await use(async (person) => {
      const known = pages.get(person);
      if (known) return known;
      const context = await browser.newContext({ storageState: sessions.get(person) });
      const page = await context.newPage();
      page.on("console", (line) => {
        // What the policy of a page forbids must not be anything of ours.
        if (line.type() === "error" && line.text().includes("Content Security Policy"))
          forbidden.push(line.text());
      });
      if (!sessions.has(person)) {
        await signIn(page, person);
        sessions.set(person, await context.storageState());
      }
      pages.set(person, page);
      return page;
    });
    for (const page of pages.values()) await page.context().close();
    expect(forbidden).toEqual([]);
  },
});

/** Signs in by the form and waits until the first page of this person is there. */
export async function signIn(page: Page, person: PersonId): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(emailOf(person));
  await page.getByLabel("Password").fill(demoPassword);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

/** A number no other order has. */
export function orderNumber(): string {
  return `J-${randomUUID().slice(0, 8)}`;
}

/** Asks for an order by the form, of a total that needs a person, and returns its number and its page's path. */
export async function askForOrder(
  page: Page,
  { total = "1,234.56", number = orderNumber() } = {},
): Promise<{ number: string; path: string }> {
  await page.goto("/requests/new");
  await page.getByLabel("Order number").fill(number);
  await page.getByLabel("Customer name").fill("Byron & Daughters");
  await page.getByLabel("Customer reference").fill(`C-${number}`);
  await page.getByLabel("Total").fill(total);
  await page.getByRole("button", { name: "Send order" }).click();
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(number) })).toBeVisible();
  return { number, path: new URL(page.url()).pathname };
}

/** The lines of the queue that are drawn. */
export function linesOf(page: Page): Locator {
  return page.getByRole("grid").getByRole("row");
}

/** Opens the queue and leaves of it what a filter fits, which waits until the page's scripts are there. */
export async function filterQueue(page: Page, wanted: string): Promise<void> {
  await page.goto("/queue");
  const grid = page.getByRole("grid");
  // Only what is loaded is filtered, and what came last stands last.
  await expect(async () => {
    await grid.press("End");
    expect(await grid.getAttribute("aria-rowcount")).not.toBe("-1");
  }).toPass();
  const filter = page.getByLabel("Filter what is loaded");
  await expect(async () => {
    await filter.fill("");
    await filter.fill(wanted);
    for (const line of await linesOf(page).all()) await expect(line).toContainText(wanted, { timeout: 500 });
  }).toPass();
}

/** Shows an order beside the queue. */
export async function showInQueue(page: Page, number: string): Promise<void> {
  await filterQueue(page, number);
  await page.getByRole("link", { name: new RegExp(number) }).click();
  await expect(page.getByRole("heading", { level: 2, name: new RegExp(number) })).toBeVisible();
}

/** Opens an order's own page from the queue. */
export async function openFromQueue(page: Page, number: string): Promise<void> {
  await showInQueue(page, number);
  await page.getByRole("link", { name: "Full page" }).click();
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(number) })).toBeVisible();
}

/** Loads a page again and again until it shows where the order stands. For what others do in their own time. */
export async function untilStanding(page: Page, path: string, standing: string): Promise<void> {
  await expect(async () => {
    await page.goto(path);
    await expect(page.getByRole("main").getByText(standing, { exact: true }).first()).toBeVisible({
      timeout: 1_000,
    });
  }).toPass({ timeout: 45_000, intervals: [500] });
}
