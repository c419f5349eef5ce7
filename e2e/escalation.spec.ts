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
