import { askForOrder, expect, test } from "./journey";

test("who asked for an order may not decide it, is told who can, and stands in the log for trying", async ({
  as,
}) => {
  const rita = await as("rita");
  const { path } = await askForOrder(rita);
  const approve = rita.getByRole("button", { name: "Approve" });
  await expect(approve).toHaveAttribute("aria-disabled", "true");
  await expect(approve).toHaveAccessibleDescription(/You asked for this order/);
  await expect(approve).toHaveAccessibleDescription(/Ana Kovač.+Ben Osei.+Remy Laurent can decide it/);

  // What the page withholds the server refuses: the same form, sent by somebody who makes the button work.
  await approve.evaluate((button: HTMLButtonElement) => {
    button.type = "submit";
    button.form?.requestSubmit(button);
  });
  await expect(rita.getByRole("main").getByRole("alert")).toContainText("You asked for this order");
  await expect(rita.getByRole("main").getByRole("alert")).toContainText("another reviewer");
  await rita.goto(path);
  await expect(rita.getByText("Under review")).toBeVisible();

  const ada = await as("ada");
  await ada.goto("/audit?type=accessRefused");
  await expect(
    ada
      .getByText("Rita Ortega was refused: You asked for this order, so you may not decide this order.")
      .first(),
  ).toBeVisible();
});

test("a reviewer who asked for an order does not find it in the queue", async ({ as }) => {
  const remy = await as("remy");
  const { number, path } = await askForOrder(remy);
  await remy.goto("/queue");
  await expect(remy.getByRole("heading", { level: 1, name: "Queue" })).toBeVisible();
  await expect(remy.getByRole("link", { name: new RegExp(number) })).toHaveCount(0);
  await remy.goto(path);
  await expect(remy.getByRole("button", { name: "Approve" })).toHaveAccessibleDescription(
    /Ana Kovač.+Ben Osei((?!Remy).)+can decide it/,
  );
});
