import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expectAccessible, expectNoSidewaysScroll, expectNoViolation } from "./accessible";
import { askForOrder, expect, linesOf, orderNumber, signIn, test } from "./journey";

const views = (page: Page) => page.getByRole("navigation", { name: "Views of the queue" });

/** Opens what narrows the queue, which waits until the page's scripts are there. */
async function openNarrowing(page: Page) {
  const reason = page.getByLabel("Why it is here");
  await expect(async () => {
    if (!(await reason.isVisible())) await page.getByTitle("Narrow this view").click();
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
  await expect(ben).toHaveURL(/view=unclaimed&reason=firstTimeCustomer/);
  await expect(views(ben).getByRole("link", { name: /^Narrowed \d+/ })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await openNarrowing(ben);
  await expectNoViolation(new AxeBuilder({ page: ben }), "what narrows the queue");
  await ben.getByLabel("Save this view as").fill(name);
  await expect(ben.getByLabel("For everybody who sees this page")).toHaveCount(0);
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  const saved = views(ben).getByRole("link", { name: new RegExp(name) });
  await expect(saved).toHaveAttribute("aria-current", "page");
  await expect(saved).toContainText(/\d/);

  await ben.getByRole("button", { name: "Sign out" }).click();
  await signIn(ben, "ben");
  await ben.goto("/queue");
  await saved.click();
  await expect(ben).toHaveURL(/view=unclaimed&reason=firstTimeCustomer/);
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
