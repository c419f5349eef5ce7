/** What "accessible" means for every page, checked by journeys of their own and by others in passing. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expect } from "./journey";

/** Opens a page and holds it to axe in both themes. */
export async function expectAccessible(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await expectNoViolation(new AxeBuilder({ page }), `${path} in the light theme`);
  // The themes differ in their colours and in nothing else.
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await expectNoViolation(
    new AxeBuilder({ page }).withRules(["color-contrast", "link-in-text-block"]),
    `${path} in the dark theme`,
  );
}

/** Holds what is shown now to axe. */
export async function expectNoViolation(builder: AxeBuilder, where: string): Promise<void> {
  const { violations } = await builder.analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`);
  expect(found, where).toEqual([]);
}

/** On a phone nothing is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, page.url()).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 720 });
}

/** Opens whatever can be opened, so that what is inside is looked at too. */
export async function openEverything(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}
