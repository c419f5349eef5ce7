import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expectAccessible, expectNoSidewaysScroll, expectNoViolation } from "./accessible";
import { askForOrder, expect, linesOf, orderNumber, signIn, test } from "./journey";

const views = (page: Page) => page.getByRole("navigation", { name: "Views of the queue" });

/** Opens what narrows the queue, which waits until the page's scripts are there. */
async function openNarrowing(page: Page) {
  const reason = page.getByLabel("Why it is here");
  await expect(async () => {
    if (!(await reason.isVisible())) await page.getByTitle("Narrow or sort this view").click();
    await expect(reason).toBeVisible({ timeout: 1_000 });
  }).toPass();
}

test("a narrowed queue is saved, and there again after signing in anew", async ({ as, browser }) => {
  test.setTimeout(120_000);
  const { number } = await askForOrder(await as("rita"));
  const name = `Firsts ${orderNumber()}`;
  // Somebody signs out below: in a session of their own, so that nobody else's ends.
  const context = await browser.newContext();
  const ben = await context.newPage();
  await signIn(ben, "ben");
  await ben.goto("/queue?view=unclaimed");
  await openNarrowing(ben);
  await ben.getByLabel("Why it is here").selectOption("First order");
  await ben.getByRole("button", { name: "Show these" }).click();
  await expect(ben).toHaveURL(/view=unclaimed&.*reason=firstTimeCustomer/);
  await expect(views(ben).getByRole("link", { name: /^Narrowed \d+/ })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await openNarrowing(ben);
  await expectNoViolation(new AxeBuilder({ page: ben }), "what narrows the queue");
  await ben.getByLabel("Save this view as").fill(name);
  await expect(ben.getByLabel("For everybody who sees this page")).toHaveCount(0);
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  await expect(ben.getByText(`Saved as ${name}.`)).toBeVisible();
  expect(await ben.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
  const saved = views(ben).getByRole("link", { name: new RegExp(name) });
  await expect(saved).toHaveAttribute("aria-current", "page");
  await expect(saved).toContainText(/\d/);

  await ben.getByRole("button", { name: "Sign out" }).click();
  await signIn(ben, "ben");
  await ben.goto("/queue");
  await saved.click();
  await expect(ben).toHaveURL(/view=unclaimed&.*reason=firstTimeCustomer/);
  await ben.getByLabel("Filter what is loaded").fill(number);
  await expect(linesOf(ben)).toHaveCount(1);
  await expect(linesOf(ben)).toContainText("First order");

  await openNarrowing(ben);
  await ben.getByRole("link", { name: "Rename or remove saved views" }).click();
  await ben.locator("summary", { hasText: `Rename ${name}` }).click();
  await ben.getByLabel("New name").fill(`${name} now`);
  await ben.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(ben.getByRole("link", { name: `${name} now` })).toBeVisible();
  await expectAccessible(ben, "/saved-views");
  await expectNoSidewaysScroll(ben);
  await ben.locator("summary", { hasText: `Remove ${name} now` }).click();
  await ben.getByRole("button", { name: "Remove the view" }).click();
  await expect(ben.getByRole("link", { name: `${name} now` })).toHaveCount(0);
  await context.close();
});

test("a queue is narrowed to amounts of a currency, and says what is missing while nothing typed is lost", async ({
  as,
}) => {
  const [rita, ana] = [await as("rita"), await as("ana")];
  // Amounts no other journey has.
  const [fits, other] = [
    await askForOrder(rita, { total: "7,771.05" }),
    await askForOrder(rita, { total: "7,771.06" }),
  ];
  await ana.goto("/queue?view=unclaimed");
  await openNarrowing(ana);
  await ana.getByLabel("Amount from").fill("7,771.05");
  await ana.getByLabel("Amount to").press("Enter");
  await expect(ana.locator(":focus")).toContainText("Currency: Choose the currency");
  await expect(ana.getByLabel("Currency")).toHaveAccessibleDescription(
    "Choose the currency the amount is in.",
  );
  await expect(ana.getByLabel("Amount from")).toHaveValue("7,771.05");
  await expectNoViolation(new AxeBuilder({ page: ana }), "an amount without a currency");
  await ana.getByLabel("Currency").selectOption("GBP");
  await ana.getByLabel("Amount to").fill("7771.05");
  await ana.getByLabel("Amount to").press("Enter");
  await expect(ana).toHaveURL(/view=unclaimed&.*currency=GBP&amountFrom=7%2C771.05&amountTo=7771.05/);
  await expect(ana.getByText("Narrowed to £7,771.05 to £7,771.05.")).toBeVisible();
  await expect(views(ana).getByRole("link", { name: /^Narrowed 1$/ })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await expect(linesOf(ana)).toHaveCount(1);
  await expect(linesOf(ana)).toContainText(fits.number);

  // What comes in meanwhile is looked at in the same way.
  await askForOrder(rita, { total: "7,771.06" });
  const { number } = await askForOrder(rita, { total: "7,771.05" });
  await ana.getByRole("button", { name: "1 new", exact: true }).click();
  await expect(linesOf(ana)).toHaveCount(2);
  await expect(linesOf(ana).filter({ hasText: number })).toBeVisible();
  await expect(linesOf(ana).filter({ hasText: other.number })).toHaveCount(0);

  await ana.setViewportSize({ width: 390, height: 844 });
  await openNarrowing(ana);
  await expect(ana.getByLabel("Currency")).toHaveValue("GBP");
  await expectNoSidewaysScroll(ana);
  await ana.keyboard.press("Escape");
  await ana.setViewportSize({ width: 1280, height: 720 });
  await ana.getByRole("link", { name: "Show all" }).click();
  await expect(ana).toHaveURL(/\/queue\?view=unclaimed$/);
  await expect(ana.getByText("Narrowed to", { exact: false })).toHaveCount(0);
});

test("a queue is sorted by amount, in every view and by its address, and new work comes where it belongs", async ({
  as,
}) => {
  const rita = await as("rita");
  await askForOrder(rita, { total: "2,999.00" });
  await askForOrder(rita, { total: "9,999.00" });
  const ana = await as("ana");
  const amounts = async () =>
    (await linesOf(ana).allInnerTexts()).flatMap((text) => {
      const pounds = /£([\d,]+\.\d\d)/.exec(text)?.[1];
      return pounds ? [Number(pounds.replaceAll(",", ""))] : [];
    });
  const expectLargestFirst = async () => {
    const shown = await amounts();
    expect(shown.length).toBeGreaterThan(2);
    expect(shown).toEqual(shown.toSorted((one, other) => other - one));
  };
  await ana.goto("/queue");
  await openNarrowing(ana);
  await ana.getByLabel("What stands first").selectOption("The largest amount");
  await ana.getByLabel("Currency").selectOption("GBP");
  await ana.getByRole("button", { name: "Show these" }).click();
  await expect(ana).toHaveURL(/sort=largest/);
  await expect(ana.getByRole("grid", { name: /the largest amount first/ })).toBeVisible();
  await expect(ana.getByText("Narrowed to orders in GBP. The largest amount first.")).toBeVisible();
  await expectLargestFirst();
  await expect(views(ana).getByRole("link", { name: /^Breached/ })).toHaveAttribute("href", /sort=largest/);

  const { number } = await askForOrder(rita, { total: "4,567.00" });
  await ana.getByRole("button", { name: /^\d+ new$/ }).click();
  await expect(linesOf(ana).filter({ hasText: number })).toBeVisible();
  await expectLargestFirst();
  await ana.reload();
  await expectLargestFirst();
});

test("a shared view is seen by others, who cannot remove it, until whoever saved it does", async ({ as }) => {
  test.setTimeout(120_000);
  const [sam, ana] = [await as("sam"), await as("ana")];
  const name = `For all ${orderNumber()}`;
  await sam.goto("/queue?reason=limit@1&claimedBy=ana");
  await openNarrowing(sam);
  await sam.getByLabel("Save this view as").fill(name);
  await sam.getByLabel("For everybody who sees this page").check();
  await sam.getByRole("button", { name: "Save", exact: true }).click();
  await expect(views(sam).getByRole("link", { name: `Shared: ${name}` })).toBeVisible();

  await ana.goto("/queue");
  await views(ana)
    .getByRole("link", { name: `Shared: ${name}` })
    .click();
  await expect(ana).toHaveURL(/reason=limit%401&claimedBy=ana/);
  await ana.goto("/saved-views");
  await expect(ana.getByRole("heading", { level: 1, name: "Saved views" })).toBeVisible();
  await expect(ana.getByRole("link", { name })).toHaveCount(0);

  await sam.goto("/saved-views");
  await sam.locator("summary", { hasText: `Remove ${name}` }).click();
  await sam.getByRole("button", { name: "Remove the view" }).click();
  await expect(sam.getByRole("link", { name })).toHaveCount(0);
  await ana.goto("/queue");
  await expect(views(ana)).toBeVisible();
  await expect(views(ana).getByRole("link", { name })).toHaveCount(0);
});
