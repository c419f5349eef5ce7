import { expect, test, untilStanding } from "./journey";

test("an order nobody decided in time reaches the supervisor, who decides it", async ({ as }) => {
  test.setTimeout(90_000);
  const sam = await as("sam");
  await sam.goto("/escalations");
  const overdue = sam.getByRole("table", { name: "Escalated orders, longest overdue first" });
  await expect(overdue.getByText(/Breached/).first()).toBeVisible();
  await overdue.getByRole("link").first().click();
  await expect(sam.getByText("and its time was up", { exact: false })).toBeVisible();
  await expect(
    sam.getByText("The time for “Review the order” was up, so the supervisors may decide it too."),
  ).toBeVisible();
  const path = new URL(sam.url()).pathname;

  await sam.getByRole("button", { name: "Reject" }).click();
  await untilStanding(sam, path, "Rejected");
  await sam.goto("/escalations");
  await expect(sam.locator(`a[href="${path}"]`)).toHaveCount(0);
});

test("before its time is up an order is no supervisor's", async ({ as }) => {
  const ana = await as("ana");
  await ana.goto("/queue");
  const fresh = ana
    .getByRole("row")
    .filter({ hasText: /1 h \d+ min left/ })
    .last()
    .getByRole("link");
  const path = (await fresh.getAttribute("href")) ?? "";
  const sam = await as("sam");
  await sam.goto(path);
  await expect(sam.getByRole("button", { name: "Approve" })).toHaveAccessibleDescription(
    /you need the role reviewer/,
  );
});

test("what failed outside is tried again by a supervisor, and the order goes on", async ({ as }) => {
  test.setTimeout(90_000);
  const sam = await as("sam");
  await sam.goto("/escalations");
  const stuck = sam.getByRole("listitem").filter({ hasText: "The dispatch was rejected." });
  const path = (await stuck.getByRole("link").first().getAttribute("href")) ?? "";
  await stuck.getByText("Try again: Dispatch…").click();
  await stuck.getByLabel("Why it should work now").fill("The postcode was corrected with the customer.");
  await stuck.getByRole("button", { name: "Try again: Dispatch" }).click();
  await expect(stuck).toHaveCount(0);
  await untilStanding(sam, path, "Completed");
  await expect(sam.getByText("Sam Whitfield asked for another try of the dispatch.")).toBeVisible();
  await expect(sam.getByText("The postcode was corrected with the customer.")).toBeVisible();
});

test("an admin, who settles what failed too, is told at the start what the navigation counts", async ({
  as,
}) => {
  const root = await as("root");
  await root.goto("/");
  const counted = root.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Escalations/ });
  const count = /\d+/.exec(await counted.innerText())?.[0] ?? "";
  const told = root.getByRole("main").getByRole("link", { name: /not decided in time/ });
  await expect(told).toContainText(new RegExp(`^${count}orders? w`));
  await expect(root.getByRole("heading", { level: 1, name: "What needs you now" })).toBeVisible();
  await told.click();
  await expect(root.getByRole("heading", { level: 1, name: "Escalations" })).toBeVisible();
});
