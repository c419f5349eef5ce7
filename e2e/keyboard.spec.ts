import { demoPassword, emailOf } from "../scripts/demo/story";
import { askForOrder, expect, test } from "./journey";

test("an order is found and decided with the keyboard alone", async ({ as, page }) => {
  const { number } = await askForOrder(await as("rita"));
  const { keyboard } = page;
  const focused = () =>
    page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.getAttribute("aria-label") ?? activeElement?.textContent?.trim() ?? "";
    });
  const tabTo = async (wanted: RegExp) => {
    for (let n = 0; n < 120; n++) {
      await keyboard.press("Tab");
      if (wanted.test(await focused())) return;
    }
    throw new Error(`the Tab key does not lead to ${wanted}`);
  };

  await page.goto("/sign-in");
  await page.getByLabel("E-mail").focus();
  await keyboard.type(emailOf("ben"));
  await keyboard.press("Tab");
  await keyboard.type(demoPassword);
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "What needs you now" })).toBeVisible();
  await tabTo(/^Queue/);
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Queue" })).toBeVisible();

  await tabTo(/^Filter what is loaded$/);
  await keyboard.type(number);
  await keyboard.press("Enter");
  await expect(page.getByRole("grid")).toBeFocused();
  await expect(page.getByRole("heading", { level: 2, name: new RegExp(number) })).toBeVisible();
  await tabTo(/^Approve/);
  await expect(page.locator(":focus")).toBeInViewport();
  await keyboard.press("Enter");
  await expect(page.getByText("Approved", { exact: true })).toBeVisible();
  await tabTo(/^Undo: Approved/);
  await keyboard.press("Enter");
  await expect(page.getByText("Taken back", { exact: true })).toBeVisible();
});

test("the first Tab leads past the navigation", async ({ as }) => {
  const ana = await as("ana");
  await ana.goto("/orders");
  await ana.keyboard.press("Tab");
  await expect(ana.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await ana.keyboard.press("Enter");
  await expect(ana.getByRole("main")).toBeFocused();
});

test("whoever comes to the queue has its keys at hand, and moves through it at once", async ({ as }) => {
  for (let n = 0; n < 2; n++) await askForOrder(await as("rita"));
  const ana = await as("ana");
  await ana.goto("/queue");
  await expect(ana.getByRole("grid")).toBeFocused();
  const shown = ana.getByRole("main").getByRole("heading", { level: 2 }).first();
  const first = await shown.textContent();
  await ana.keyboard.press("j");
  await expect(shown).not.toHaveText(first ?? "");
});
