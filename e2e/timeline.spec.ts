import AxeBuilder from "@axe-core/playwright";
import { expectNoSidewaysScroll, expectNoViolation, openEverything } from "./accessible";
import { askForOrder, expect, openFromQueue, test, untilStanding } from "./journey";

test("an auditor reads why an order waits, what happened to it and in which order, goes back in time, and takes it along", async ({
  as,
  browser,
}) => {
  test.setTimeout(180_000);
  const [rita, ana, ada] = [await as("rita"), await as("ana"), await as("ada")];
  const { number, path } = await askForOrder(rita);

  // Why it waits, each sentence with its event.
  await ada.goto(path);
  const why = ada.getByRole("region", { name: "Why" });
  await expect(why.getByText(/asked for a person: £1,234\.56 is over the limit of £1,000\.00/)).toBeVisible();
  await why.getByText("Why is it due then?").click();
  await expect(why.getByText(/Whoever decides has 2 h in which every hour counts/)).toBeVisible();
  await why.getByRole("link", { name: "Event 2, which this rests on" }).first().click();
  await expect(ada).toHaveURL(/#v2$/);
  await expect(ada.locator("#v2")).toBeInViewport();

  // Where it is, as a list for those who hear the page.
  const steps = ada.getByRole("list", { name: "Steps" });
  await expect(steps.getByRole("listitem")).toHaveCount(6);
  await expect(steps.locator("[aria-current=step]")).toContainText("Review the order");

  // What somebody does meanwhile appears by itself, below what is open.
  const happened = ada.getByRole("region", { name: "What happened" });
  await happened.getByText("asked for the order", { exact: false }).click();
  await expect(happened.getByText("Its hash")).toBeVisible();
  await openFromQueue(ana, number);
  await ana.getByRole("button", { name: "Reject" }).click();
  await expect(happened.getByText("Ana Kovač rejected the order.")).toBeVisible();
  await expect(happened.getByText("Its hash")).toBeVisible();
  await untilStanding(ada, path, "Rejected");

  // Whose events, and which first: in the address.
  const told = happened.locator("summary");
  await expect(told.first()).toContainText("asked for the order");
  await happened.getByRole("link", { name: "Newest first" }).click();
  await expect(ada).toHaveURL(/order=newest/);
  await expect(told.last()).toContainText("asked for the order");
  await happened.getByRole("link", { name: "People" }).click();
  await expect(ada).toHaveURL(/by=person/);
  await expect(told).toHaveCount(2);
  await expect(told.first()).toContainText("rejected the order");

  // The versions it was decided by and the whole hash are one click away; the short one is copied.
  await ada.goto(path);
  await happened.getByText("The policy asks for a person.", { exact: false }).click();
  await expect(happened.getByText(/^policy\/order-fulfilment@\d+$/)).toBeVisible();
  await ada.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await happened.getByRole("button", { name: /^Copy the hash of event 2:/ }).click();
  await expect(happened.getByText("copied").locator("visible=true")).toBeVisible();
  expect(await ada.evaluate(() => navigator.clipboard.readText())).toMatch(/^[0-9a-f]{64}$/);

  // As it was before it was decided: nothing can be done there, and the address says when.
  await happened.getByText("waits for one of the reviewers", { exact: false }).click();
  await happened
    .getByRole("link", { name: "Show the order as it was then" })
    .locator("visible=true")
    .last()
    .click();
  await expect(ada).toHaveURL(/at=3/);
  await expect(ada.getByText(/^As it was on /)).toBeVisible();
  await expect(ada.getByText("Under review")).toBeVisible();
  await expect(ada.getByRole("button", { name: "Approve" })).toHaveCount(0);
  await ada.getByRole("link", { name: "Event after" }).click();
  await expect(ada).toHaveURL(/at=4/);
  const changes = ada.getByRole("region", { name: "What changed from event 3 to event 4" });
  await expect(changes.getByRole("row", { name: /Review the order, verdict/ })).toContainText(
    "Rejected by Ana Kovač",
  );
  // By keys it is loaded once they rest, and at once with Enter; the slider keeps the focus, to go on from there.
  const slider = ada.getByRole("slider", { name: "After which event" });
  await slider.focus();
  await slider.press("ArrowLeft");
  await slider.press("ArrowLeft");
  await expect(ada).toHaveURL(/at=2&/);
  await expect(ada.getByText(/^After event 2 of \d+:/)).toBeVisible();
  await expect(slider).toBeFocused();
  await slider.press("ArrowRight");
  await slider.press("Enter");
  await expect(ada.getByText(/^After event 3 of \d+:/)).toBeVisible();
  await slider.fill("1");
  await ada.getByRole("button", { name: "Show" }).click();
  await expect(ada).toHaveURL(/at=1&/);
  await expect(ada.getByText(/^After event 1 of \d+: Rita Ortega asked for the order\./)).toBeVisible();
  await openEverything(ada);
  await expectNoViolation(new AxeBuilder({ page: ada }), "an order as it was");
  await expectNoSidewaysScroll(ada);
  await ada.getByRole("link", { name: "Back to now" }).click();
  await expect(ada.getByText(/^As it was on /)).toHaveCount(0);
  await openEverything(ada);
  await expectNoViolation(new AxeBuilder({ page: ada }), "an order with everything open");
  await expectNoSidewaysScroll(ada);

  // The whole of it as a file, for those who may see the order.
  const download = await ada.request.get(`${path}/history.csv`);
  expect(download.headers()["content-disposition"]).toBe(`attachment; filename="order-${number}.csv"`);
  const rows = (await download.text()).trim().split("\r\n");
  expect(rows[0]).toContain("Version,Event,Recorded at (UTC)");
  // At least that it was asked for, checked, opened and decided; what follows does so in its own time.
  expect(rows.length).toBeGreaterThan(4);
  expect(rows.at(-1)).toMatch(/,[0-9a-f]{64},/);
  const remy = await as("remy");
  expect((await remy.request.get("/orders/00000000-0000-8000-8000-000000000000/history.csv")).status()).toBe(
    404,
  );
  const stranger = await browser.newContext();
  expect((await stranger.request.get(new URL(`${path}/history.csv`, ada.url()).href)).status()).toBe(401);
  await stranger.close();

  // On paper nothing is folded and nothing leads anywhere.
  await ada.emulateMedia({ media: "print" });
  await expect(ada.getByRole("navigation", { name: "Main" })).toBeHidden();
  await expect(happened.getByText('"workflow"', { exact: false }).first()).toBeVisible();
});
