import { writeFileSync } from "node:fs";
import { command } from "./installation";
import { askForOrder, expect, filterQueue, linesOf, orderNumber, showInQueue, test } from "./journey";

/** The numbers of some orders that are easily found among the others. */
async function askFor(count: number, page: Parameters<typeof askForOrder>[0]) {
  const prefix = orderNumber();
  const numbers = Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
  for (const number of numbers) await askForOrder(page, { number });
  return { prefix, numbers };
}

test("a queue is cleared with the keyboard alone, a key for a decision", async ({ as }) => {
  const { prefix, numbers } = await askFor(4, await as("rita"));
  const ana = await as("ana");
  const { keyboard } = ana;
  await filterQueue(ana, "nothing is called this");
  await keyboard.press("Escape");
  await keyboard.press("/");
  await keyboard.type(prefix);
  await keyboard.press("Enter");
  await expect(linesOf(ana)).toHaveCount(4);
  await keyboard.press("Home");
  let pressed = 0;
  for (const number of numbers) {
    await expect(ana.getByRole("heading", { level: 2, name: new RegExp(number) })).toBeVisible();
    await expect(ana.getByRole("button", { name: "Approve", exact: true })).toBeEnabled();
    await keyboard.press("1");
    pressed++;
  }
  await expect(ana.getByText("None of what is loaded fits")).toBeVisible();
  expect(pressed).toBeLessThanOrEqual(2 * numbers.length);
  const recent = ana.getByRole("region", { name: "Recently decided" });
  for (const number of numbers)
    await expect(recent.getByText(new RegExp(`Approved.*${number}`))).toBeVisible();
});

test("one press is one decision: a finger that stays, or a double click, decides nothing that was not read", async ({
  as,
}) => {
  const { prefix, numbers } = await askFor(4, await as("rita"));
  const ana = await as("ana");
  await filterQueue(ana, prefix);
  await ana.getByRole("grid").press("Home");
  await expect(ana.getByRole("heading", { level: 2, name: new RegExp(numbers[0] ?? "") })).toBeVisible();
  await expect(ana.getByRole("button", { name: "Approve", exact: true })).toBeEnabled();
  await ana.keyboard.down("1");
  for (let n = 0; n < 20; n++) await ana.keyboard.down("1");
  await ana.keyboard.up("1");
  await expect(linesOf(ana)).toHaveCount(numbers.length - 1);
  await ana.getByRole("button", { name: "Approve", exact: true }).dblclick();
  await expect(linesOf(ana)).toHaveCount(numbers.length - 2);
  await expect(ana.getByRole("button", { name: "Approve", exact: true })).toBeEnabled();
  await expect(linesOf(ana)).toHaveCount(numbers.length - 2);
  for (const left of [1, 0]) {
    await ana.getByRole("button", { name: "Approve", exact: true }).click();
    await expect(linesOf(ana)).toHaveCount(left);
  }
});

test("Z takes the last decision back, and one is at the order again with what one wrote", async ({ as }) => {
  const { numbers } = await askFor(1, await as("rita"));
  const ana = await as("ana");
  await showInQueue(ana, numbers[0]!);
  await ana.getByLabel("Note", { exact: true }).fill("Not from this customer.");
  await ana.getByRole("grid").focus();
  await ana.keyboard.press("2");
  await expect(ana.getByText("Rejected", { exact: true })).toBeVisible();
  await expect(linesOf(ana)).toHaveCount(0);
  await ana.getByLabel("Filter what is loaded").fill("");
  await ana.getByRole("grid").focus();
  await ana.keyboard.press("z");
  await expect(ana.getByRole("heading", { level: 2, name: new RegExp(numbers[0]!) })).toBeVisible();
  await expect(ana.getByText("Taken back", { exact: true })).toBeVisible();
  await expect(ana.getByLabel("Note", { exact: true })).toHaveValue("Not from this customer.");
  await expect(ana.getByRole("button", { name: "Approve", exact: true })).toBeVisible();
});

test("of two reviewers at one order the second sees at once what the first decided, and keeps the note", async ({
  as,
}) => {
  const { numbers } = await askFor(1, await as("rita"));
  const [ana, ben] = [await as("ana"), await as("ben")];
  await showInQueue(ana, numbers[0]!);
  await showInQueue(ben, numbers[0]!);
  await expect(ben.getByText("Ana Kovač is viewing this, too.")).toBeVisible();
  await ben.getByLabel("Note", { exact: true }).fill("Looks fine to me.");
  await ana.getByRole("button", { name: "Reject" }).click();
  await expect(ben.getByText("Nothing is left to decide here")).toBeVisible();
  await expect(ben.getByLabel("Your note, which was not sent")).toHaveValue("Looks fine to me.");
  await expect(ben.getByRole("main")).toContainText("Ana Kovač rejected");
  await expect(ben.getByRole("button", { name: "Approve", exact: true })).toHaveCount(0);
});

test("a claim is seen by others, and taken over with a reason", async ({ as }) => {
  const { numbers } = await askFor(1, await as("rita"));
  const [ana, ben] = [await as("ana"), await as("ben")];
  await showInQueue(ana, numbers[0]!);
  await showInQueue(ben, numbers[0]!);
  await ana.getByRole("grid").focus();
  await ana.keyboard.press("c");
  await expect(ana.getByText("Claimed by you.")).toBeVisible();
  await expect(ben.getByText("Claimed by Ana Kovač.")).toBeVisible();
  await expect(
    ben.getByText("Ana Kovač can decide, or whoever takes it over.", { exact: false }),
  ).toBeVisible();
  await ben.getByText("Take over…").click();
  await ben.getByLabel("Why you take it over").fill("Ana has gone home.");
  await ben.getByRole("button", { name: "Take over" }).click();
  await expect(ben.getByText("Claimed by you.")).toBeVisible();
  await expect(ana.getByText("Claimed by Ben Osei.")).toBeVisible();
});

test("of many decided at once, what could not be is named and stays selected", async ({ as }) => {
  const { prefix, numbers } = await askFor(3, await as("rita"));
  const [ana, ben] = [await as("ana"), await as("ben")];
  await showInQueue(ben, numbers[1]!);
  await ben.getByRole("button", { name: "Claim" }).click();
  await expect(ben.getByText("Claimed by you.")).toBeVisible();
  await filterQueue(ana, prefix);
  for (const number of numbers) await ana.getByRole("checkbox", { name: new RegExp(number) }).check();
  await ana.getByRole("button", { name: "Approve 3" }).dblclick();
  await expect(linesOf(ana)).toHaveCount(3);
  await ana.getByRole("button", { name: "Approve 3 for good" }).click();
  await expect(ana.getByText("Approve: 2 decided, 1 not.")).toBeVisible();
  await expect(ana.getByRole("list", { name: "Not decided" })).toContainText("Ben Osei has claimed it.");
  await expect(ana.getByRole("checkbox", { name: new RegExp(numbers[1]!) })).toBeChecked();
  await expect(linesOf(ana)).toHaveCount(1);
});

test("what somebody else decides of a selection is named before the rest is decided, and a note that is missing is asked for", async ({
  as,
}) => {
  const { prefix, numbers } = await askFor(2, await as("rita"));
  const [ana, ben] = [await as("ana"), await as("ben")];
  await showInQueue(ben, numbers[1]!);
  await filterQueue(ana, prefix);
  for (const number of numbers) await ana.getByRole("checkbox", { name: new RegExp(number) }).check();
  await expect(ana.getByRole("button", { name: "Send back 2" })).toBeEnabled();
  await ben.getByRole("button", { name: "Reject" }).click();
  await expect(ana.getByRole("region", { name: "Selected orders" })).toContainText(
    new RegExp(`${numbers[1]}.* is decided or changed, and no longer selected`),
  );
  await ana.getByRole("button", { name: "Send back 1" }).click();
  const note = ana.getByLabel("Note for each of them");
  await expect(note).toBeFocused();
  await expect(ana.getByText("Write a note to send back: say what has to change.")).toBeVisible();
  await note.fill("Add the delivery address.");
  await ana.getByRole("button", { name: "Send back 1" }).click();
  await ana.getByRole("button", { name: "Send back 1 for good" }).click();
  await expect(ana.getByText("Send back: 1 decided.")).toBeVisible();
  await expect(ana.getByRole("heading", { name: "Nothing is selected any more" })).toBeFocused();
});

test("all that match are decided, also those that were never loaded, and what could not be is named", async ({
  as,
}, testInfo) => {
  const prefix = orderNumber();
  const file = testInfo.outputPath("orders.csv");
  const mapping = testInfo.outputPath("orders.map.json");
  const rows = Array.from(
    { length: 130 },
    (_, n) => `${prefix}-${n},C-${prefix},${(8_111 + n / 100).toFixed(2)}`,
  );
  writeFileSync(file, ["Number,Customer,Total", ...rows, ""].join("\n"));
  const columns = { businessKey: "Number", "customer.reference": "Customer", total: "Total" };
  writeFileSync(mapping, JSON.stringify({ columns, constants: { currency: "CHF" } }));
  await command("import", "--live", file, "--map", mapping, "--source", "journey", "--requested-by", "rita");

  const [ana, ben] = [await as("ana"), await as("ben")];
  await ben.goto("/queue?currency=CHF&amountFrom=8112.20&amountTo=8112.20");
  await ben.getByRole("button", { name: "Claim" }).click();
  await expect(ben.getByText("Claimed by you.")).toBeVisible();
  await ana.goto("/queue?currency=CHF&amountFrom=8111&amountTo=8113");
  await expect(linesOf(ana).first()).toContainText(prefix);
  await linesOf(ana).first().getByRole("checkbox").check();
  await ana.getByRole("button", { name: /^Select all \d+ that are loaded$/ }).click();
  await ana.getByRole("button", { name: "Select all 130 that match" }).click();
  await ana.getByRole("button", { name: "Reject all 130" }).click();
  await ana.getByRole("button", { name: "Reject all 130 for good" }).click();
  await expect(ana.getByText("Reject: 129 decided, 1 not.")).toBeVisible({ timeout: 30_000 });
  await expect(ana.getByRole("list", { name: "Not decided" })).toContainText(`${prefix}-120`);
  await expect(linesOf(ana)).toHaveCount(1);
});

test("new work waits behind a button, and the list does not jump", async ({ as }) => {
  const [rita, ana] = [await as("rita"), await as("ana")];
  await filterQueue(ana, "J-");
  await ana.getByLabel("Filter what is loaded").fill("");
  const grid = ana.getByRole("grid");
  const [before, first] = [
    await grid.getAttribute("aria-rowcount"),
    await linesOf(ana).first().textContent(),
  ];
  const { number } = await askForOrder(rita);
  await expect(ana.getByRole("button", { name: /^\d+ new$/ })).toBeVisible();
  await expect(grid).toHaveAttribute("aria-rowcount", before!);
  expect((await linesOf(ana).first().textContent())?.slice(0, 20)).toBe(first?.slice(0, 20));
  await ana.getByRole("button", { name: /^\d+ new$/ }).click();
  await expect(grid).toBeFocused();
  await ana.getByLabel("Filter what is loaded").fill(number);
  await expect(linesOf(ana)).toHaveCount(1);
});

test("on a phone one goes from the list to an order, decides, and is back in the list", async ({ as }) => {
  const { numbers } = await askFor(1, await as("rita"));
  const ana = await as("ana");
  await ana.setViewportSize({ width: 390, height: 844 });
  await showInQueue(ana, numbers[0]!);
  await expect(ana.getByRole("grid")).toBeHidden();
  await ana.goBack();
  await expect(ana.getByRole("grid")).toBeVisible();
  await ana.getByRole("link", { name: new RegExp(numbers[0]!) }).click();
  await expect(ana.getByRole("grid")).toBeHidden();
  await ana.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(ana.getByText("Approved", { exact: true })).toBeVisible();
  await ana.setViewportSize({ width: 1280, height: 720 });
});
