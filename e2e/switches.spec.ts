import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expectNoSidewaysScroll, expectNoViolation, openEverything } from "./accessible";
import { askForOrder, expect, openFromQueue, orderNumber, test, untilStanding } from "./journey";

async function throwSwitch(page: Page, label: string): Promise<void> {
  await page.goto("/operations");
  await page.getByText(`${label}…`).click();
  const form = page.locator("form").filter({ has: page.getByRole("button", { name: label, exact: true }) });
  await form.getByLabel("Why").fill("The depot is flooded.");
  await form.getByRole("button", { name: label, exact: true }).click();
}

const badge = (page: Page, part: string) =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: part }) });

test("while dispatch is paused an approved order waits, and afterwards it is delivered", async ({ as }) => {
  test.setTimeout(150_000);
  const { number, path } = await askForOrder(await as("rita"));
  const sam = await as("sam");
  await throwSwitch(sam, "Pause dispatch");
  await expect(badge(sam, "Dispatch")).toContainText("Paused");
  await expect(badge(sam, "Dispatch")).toContainText("Sam Whitfield did this");
  await openEverything(sam);
  await expectNoViolation(new AxeBuilder({ page: sam }), "the switches");
  await expectNoSidewaysScroll(sam);
  try {
    const ana = await as("ana");
    await openFromQueue(ana, number);
    await ana.getByRole("button", { name: "Approve" }).click();
    await expect(async () => {
      await ana.goto(path);
      await expect(ana.getByText(/approved the order|Approved/).first()).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    // The time to take it back is eight seconds; only then is there something to send, and it is not sent.
    await ana.waitForTimeout(10_000);
    await ana.goto(path);
    await expect(ana.getByText("Working", { exact: true }).first()).toBeVisible();
    await expect(ana.getByText(/tracking number/i)).toHaveCount(0);
  } finally {
    await throwSwitch(sam, "Resume dispatch");
  }
  await expect(badge(sam, "Dispatch")).toContainText("Goes on");
  await untilStanding(sam, path, "Completed");
});

test("while intake is stopped an order is refused with what was typed, and taken in afterwards", async ({
  as,
}) => {
  test.setTimeout(90_000);
  const [sam, rita] = [await as("sam"), await as("rita")];
  await throwSwitch(sam, "Stop intake");
  await expect(badge(sam, "Intake")).toContainText("Stopped");
  const number = orderNumber();
  try {
    await rita.goto("/requests/new");
    await rita.getByLabel("Order number").fill(number);
    await rita.getByLabel("Customer reference").fill(`C-${number}`);
    await rita.getByLabel("Total").fill("12.50");
    await rita.getByRole("button", { name: "Send order" }).click();
    await expect(rita.getByText(/Intake is stopped, so no order is taken in/)).toBeVisible();
    await expect(rita.getByLabel("Order number")).toHaveValue(number);
  } finally {
    await throwSwitch(sam, "Open intake");
  }
  await rita.getByRole("button", { name: "Send order" }).click();
  await expect(rita.getByRole("heading", { level: 1, name: new RegExp(number) })).toBeVisible();
});
