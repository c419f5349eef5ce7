import { askForOrder, expect, showInQueue, test } from "./journey";

test("a supervisor sees who has claimed what, and hands an order of one reviewer to another", async ({
  as,
}) => {
  const [rita, ana, sam, ben] = [await as("rita"), await as("ana"), await as("sam"), await as("ben")];
  const { number, path } = await askForOrder(rita);
  await showInQueue(ana, number);
  await ana.getByRole("button", { name: "Claim" }).click();
  await expect(ana.getByText("Claimed by you.")).toBeVisible();

  await sam.goto("/escalations");
  const load = sam.getByRole("table", { name: "Who has claimed how much" });
  await load.getByRole("link", { name: "Ana Kovač" }).click();
  await expect(sam.getByRole("heading", { level: 1, name: "Claimed by Ana Kovač" })).toBeVisible();
  await sam.getByRole("link", { name: new RegExp(number) }).click();
  await sam.getByText("Hand over…").click();
  await sam.getByLabel("To whom").selectOption("Ben Osei");
  await sam.getByRole("button", { name: "Hand over" }).click();
  await expect(sam.getByText("Sam Whitfield handed “Review the order” to Ben Osei.")).toBeVisible();

  await ben.goto("/queue?view=mine");
  await expect(ben.getByRole("grid").getByText(number)).toBeVisible();
  await ben.goto(path);
  await expect(ben.getByText("Claimed by you.")).toBeVisible();
});
