import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { expectNoSidewaysScroll, expectNoViolation } from "./accessible";
import { askForOrder, expect, showInQueue, test } from "./journey";

async function claimedBy(reviewer: Page, number: string): Promise<void> {
  await showInQueue(reviewer, number);
  await reviewer.getByRole("button", { name: "Claim" }).click();
  await expect(reviewer.getByText("Claimed by you.")).toBeVisible();
}

test("a supervisor sees who has claimed what and who is free, and hands an order of one reviewer to another", async ({
  as,
}) => {
  const [rita, ana, sam, ben] = [await as("rita"), await as("ana"), await as("sam"), await as("ben")];
  const { number, path } = await askForOrder(rita);
  await claimedBy(ana, number);

  await sam.goto("/escalations");
  const load = sam.getByRole("table", { name: "Who has claimed how much" });
  await expect(load.getByRole("row", { name: /^Sam Whitfield supervisor 0 0/ })).toBeVisible();
  await load.getByRole("link", { name: "Ana Kovač" }).click();
  await expect(sam.getByRole("heading", { level: 1, name: "Claimed by Ana Kovač" })).toBeVisible();

  const claimed = sam.getByRole("table", { name: /^Orders claimed by Ana Kovač/ });
  await claimed.getByRole("button", { name: new RegExp(`^Reassign .*${number}`) }).click();
  // Neither who has it nor who asked for it: nobody is offered who could not take it.
  const whom = claimed.getByLabel("To whom");
  await expect(whom.getByRole("option", { name: /^Ben Osei, \d+ claimed$/ })).toHaveCount(1);
  await expect(whom.getByRole("option", { name: /Ana Kovač|Rita Ortega|Sam Whitfield/ })).toHaveCount(0);
  await expectNoViolation(new AxeBuilder({ page: sam }), "a row that is open to be reassigned");
  await expectNoSidewaysScroll(sam);
  await whom.selectOption("ben");
  await claimed.getByRole("button", { name: "Hand over" }).click();
  await expect(sam.getByText(`Byron & Daughters · ${number}: It is handed over.`)).toBeFocused();
  await expect(sam.getByRole("link", { name: new RegExp(number) })).toHaveCount(0);

  await ben.goto("/queue?view=mine");
  await expect(ben.getByRole("grid").getByText(number)).toBeVisible();
  await ben.goto(path);
  await expect(ben.getByText("Claimed by you.")).toBeVisible();
  await expect(ben.getByText("Sam Whitfield handed “Review the order” to Ben Osei.")).toBeVisible();
});

test("a supervisor gives back what a reviewer holds; what was decided meanwhile is refused at its row", async ({
  as,
}) => {
  const [rita, ana, sam] = [await as("rita"), await as("ana"), await as("sam")];
  const [free, over] = [await askForOrder(rita), await askForOrder(rita)];
  await claimedBy(ana, free.number);
  await claimedBy(ana, over.number);

  await sam.goto("/escalations?holder=ana");
  const claimed = sam.getByRole("table", { name: /^Orders claimed by Ana Kovač/ });
  await claimed.getByRole("button", { name: new RegExp(`^Reassign .*${free.number}`) }).click();
  await claimed.getByRole("button", { name: "Give back" }).click();
  await expect(sam.getByText(`Byron & Daughters · ${free.number}: It is free again.`)).toBeVisible();
  await expect(sam.getByRole("link", { name: new RegExp(free.number) })).toHaveCount(0);
  await sam.goto(free.path);
  await expect(sam.getByText("Nobody has claimed it", { exact: false })).toBeVisible();

  await sam.goto("/escalations?holder=ana");
  await claimed.getByRole("button", { name: new RegExp(`^Reassign .*${over.number}`) }).click();
  // A page of which something is being written waits with what others do.
  await claimed.getByLabel("To whom").focus();
  await ana.goto(over.path);
  await ana.getByRole("button", { name: "Reject" }).click();
  await expect(ana.getByText(/^Rejected/).first()).toBeVisible();
  await claimed.getByRole("button", { name: "Hand over" }).click();
  await expect(claimed.getByRole("alert")).toContainText(/Cannot hand this task over|This task is over/);
});
