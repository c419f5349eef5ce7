import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expectAccessible, expectNoSidewaysScroll, expectNoViolation, openEverything } from "./accessible";
import { askForOrder, expect, test } from "./journey";

test("every page is accessible in both themes and fits a phone", async ({ as, page }) => {
  test.setTimeout(360_000);
  await expectAccessible(page, "/sign-in");
  await expectNoSidewaysScroll(page);

  const rita = await as("rita");
  const { path } = await askForOrder(rita);
  const ana = await as("ana");
  const visits: readonly (readonly [Page, readonly string[]])[] = [
    [rita, ["/", "/requests", "/requests/new", path, "/nowhere", "/audit"]],
    [ana, ["/", "/queue", path]],
    [await as("sam"), ["/", "/workflows", "/workflows/order-fulfilment", "/escalations", "/operations"]],
    [await as("root"), ["/", "/people", "/people/ana", "/people/root", "/people?name=nobody", "/account"]],
    [
      await as("ada"),
      [
        "/",
        "/orders?asked=nobody",
        "/audit",
        "/audit?stream=person/ana",
        "/audit?from=1999-01-01&until=1999-01-02",
      ],
    ],
  ];
  for (const [visitor, paths] of visits)
    for (const each of paths) {
      await expectAccessible(visitor, each);
      await expectNoSidewaysScroll(visitor);
    }
});

test("what appears only after something was done is accessible too", async ({ as }) => {
  test.setTimeout(120_000);
  const rita = await as("rita");
  await rita.goto("/requests");
  await rita
    .getByRole("table", { name: "Orders waiting for changes by you" })
    .getByRole("link")
    .first()
    .click();
  await rita.getByRole("link", { name: "Change the order" }).click();
  await expect(rita.getByText("What is asked for")).toBeVisible();
  await expectAccessible(rita, new URL(rita.url()).pathname);
  await expectNoSidewaysScroll(rita);

  const sam = await as("sam");
  await sam.goto("/escalations");
  await expect(sam.getByText("Try again: Dispatch…")).toBeVisible();
  await openEverything(sam);
  await expectNoViolation(new AxeBuilder({ page: sam }), "the forms to settle what failed");
  await expectNoSidewaysScroll(sam);

  await rita.goto("/requests/new");
  await rita.getByRole("button", { name: "Add a line" }).click();
  await rita.getByLabel("Order number").fill("J-typed");
  await rita.getByLabel("Total").fill("12,34");
  await rita.getByLabel("Item", { exact: true }).fill("Lantern");
  await rita.getByLabel("Unit price").fill("1.00");
  await rita.getByRole("button", { name: "Send order" }).click();
  await expect(rita.getByRole("main").getByRole("alert")).toContainText(
    "Must be an amount in GBP, for example 1,250.00.",
  );
  await expect(rita.getByLabel("Item", { exact: true })).toHaveValue("Lantern");
  await expectNoViolation(new AxeBuilder({ page: rita }), "a refused order form");
});
