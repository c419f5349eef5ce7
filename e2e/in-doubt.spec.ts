import AxeBuilder from "@axe-core/playwright";
import { expectNoSidewaysScroll, expectNoViolation, openEverything } from "./accessible";
import { installation } from "./installation";
import { askForOrder, expect, openFromQueue, test, untilStanding } from "./journey";

const carrier = () => installation()?.environment.CARRIER_URL ?? "";

/** What the carrier has in its own books for an order number. */
async function dispatchesOf(number: string): Promise<{ trackingNumber: string; delivered: boolean }[]> {
  const answer = await fetch(`${carrier()}/dispatches/${encodeURIComponent(number)}`);
  return (await answer.json()).dispatches;
}

test("an answer that was lost leaves a supervisor to find out, who settles it, and the order goes on", async ({
  as,
}) => {
  test.setTimeout(150_000);
  const { number, path } = await askForOrder(await as("rita"));
  // The carrier does the work, and its answer is an error.
  await fetch(`${carrier()}/faults`, {
    method: "POST",
    body: JSON.stringify({ kind: "failAfterWork", times: 1, path: "/dispatches" }),
  });
  const ana = await as("ana");
  await openFromQueue(ana, number);
  await ana.getByRole("button", { name: "Approve" }).click();
  await untilStanding(ana, path, "Needs attention");
  await expect(ana.getByText(/can settle it\.$/)).toBeVisible();
  await expect(ana.getByText("It was done: Dispatch…")).toHaveCount(0);

  const sam = await as("sam");
  await sam.goto("/escalations");
  const stuck = sam.getByRole("listitem").filter({ has: sam.locator(`a[href="${path}"]`) });
  await expect(stuck.getByText("Not known whether it happened")).toBeVisible();
  await expect(stuck.getByText("cannot be asked what became of it", { exact: false })).toBeVisible();
  await expect(
    stuck.getByText("“The carrier answered 500: Something broke after the work was done”").first(),
  ).toBeVisible();
  await expect(
    stuck.getByText(/^It cannot be tried again\. The outside may have forgotten the key/),
  ).toBeVisible();
  await openEverything(sam);
  await expectNoViolation(new AxeBuilder({ page: sam }), "the forms to settle a doubt");
  await expectNoSidewaysScroll(sam);

  const [dispatch] = await dispatchesOf(number);
  const trackingNumber = dispatch?.trackingNumber ?? "";
  await sam.reload();
  await stuck.getByText("It was done: Dispatch…").click();
  const form = stuck
    .locator("form")
    .filter({ has: sam.getByRole("button", { name: "It was done: Dispatch" }) });
  await form.getByLabel("The number it was done under").fill(trackingNumber);
  await form.getByLabel("How you know").fill("The depot read it to me on the telephone.");
  await form.getByRole("button", { name: "It was done: Dispatch" }).click();
  await expect(stuck).toHaveCount(0);

  await untilStanding(sam, path, "Completed");
  await expect(
    sam.getByText(`Sam Whitfield found that the dispatch was done, reference ${trackingNumber}.`),
  ).toBeVisible();
  await expect(sam.getByText("The depot read it to me on the telephone.").first()).toBeVisible();
  expect(await dispatchesOf(number)).toMatchObject([{ trackingNumber, delivered: true }]);
});
