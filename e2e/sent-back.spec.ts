import { askForOrder, expect, openFromQueue, test, untilStanding } from "./journey";

test("an order that was sent back is amended, approved and delivered", async ({ as }) => {
  test.setTimeout(120_000);
  const [rita, ana] = [await as("rita"), await as("ana")];
  const { number, path } = await askForOrder(rita);

  await openFromQueue(ana, number);
  await ana.getByRole("button", { name: "Send back" }).click();
  await expect(ana.getByText("Say what has to change, so that the requester knows.").first()).toBeVisible();
  await ana.getByLabel("Note").fill("Which warehouse shall it leave from?");
  await ana.getByRole("button", { name: "Send back" }).click();
  await expect(ana.getByRole("status").filter({ hasText: "Sent back" })).toBeVisible();

  await untilStanding(rita, path, "Needs changes");
  await rita.goto("/requests");
  const changes = rita.getByRole("table", { name: "Orders waiting for changes by you" });
  await changes.getByRole("link", { name: new RegExp(number) }).click();
  await rita.getByRole("link", { name: "Change the order" }).click();
  await expect(rita).toHaveURL(/\/amend$/);
  await expect(rita.getByRole("figure")).toContainText("Which warehouse shall it leave from?");
  await rita.getByRole("button", { name: "Send changes" }).click();
  await expect(rita.getByRole("main").getByRole("alert")).toContainText(
    "Nothing in it is different from before.",
  );
  await rita.getByLabel("Total").fill("1,300.00");
  await rita.getByLabel("Note").fill("From the one in Leeds.");
  await rita.getByRole("button", { name: "Send changes" }).click();
  await expect(rita.getByText("Rita Ortega changed the total and the note.")).toBeVisible();
  await expect(rita.getByText("Under review")).toBeVisible();

  const ben = await as("ben");
  await openFromQueue(ben, number);
  await expect(ben.getByText("From the one in Leeds.")).toBeVisible();
  await expect(ben.getByText("£1,300.00 is over the limit of £1,000.00", { exact: true })).toBeVisible();
  await ben.getByRole("button", { name: "Approve" }).click();
  await untilStanding(rita, path, "Completed");
  await expect(rita.getByText("Approved by Ben Osei")).toBeVisible();
  await expect(rita.getByText(/The carrier confirmed the proof of delivery/)).toBeVisible();
});
