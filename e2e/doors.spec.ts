import type { Request } from "playwright/test";
import { askForOrder, expect, openFromQueue, type PersonId, signIn, test } from "./journey";

const closed: readonly (readonly [PersonId, string, string])[] = [
  ["rita", "/queue", "reviewer or supervisor"],
  ["rita", "/escalations", "supervisor or admin"],
  ["rita", "/audit", "auditor or admin"],
  ["ana", "/escalations", "supervisor or admin"],
  ["ana", "/audit", "auditor or admin"],
  ["ana", "/requests/new", "requester or supervisor"],
  ["sam", "/audit", "auditor or admin"],
  ["ada", "/queue", "reviewer or supervisor"],
  ["ada", "/escalations", "supervisor or admin"],
  ["ada", "/requests/new", "requester or supervisor"],
  ["root", "/queue", "reviewer or supervisor"],
];

test("a page that is not for somebody says which role is missing", async ({ as }) => {
  for (const [person, path, roles] of closed) {
    const page = await as(person);
    const response = await page.goto(path);
    expect(response?.status(), `${person} ${path}`).toBe(403);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(
      new RegExp(`You need the role ${roles} to `),
    );
  }
});

test("without scripts, too, it says which role is missing; who has it by now is led on", async ({
  as,
  browser,
  baseURL,
}) => {
  const storageState = await (await as("ana")).context().storageState();
  const context = await browser.newContext({ storageState, javaScriptEnabled: false });
  const page = await context.newPage();
  const response = await page.goto("/audit?type=taskOpened");
  expect(response?.status()).toBe(403);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    "You need the role auditor or admin to see this page",
  );
  await expect(
    page.getByText("You are signed in as reviewer. An admin can give you the role."),
  ).toBeVisible();
  expect(page.url()).toContain(encodeURIComponent("/audit?type=taskOpened"));

  await page.goto("/not-allowed?needs=reviewer&page=%2Fqueue");
  await expect(page).toHaveURL(/\/queue$/);
  await page.goto("/not-allowed?needs=reviewer&page=https%3A%2F%2Felsewhere.example%2F");
  await expect(page).toHaveURL(`${baseURL}/`);
  // An address that somebody made up frightens nobody with roles there are not.
  await page.goto("/not-allowed?needs=emperor&page=%2Faudit");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You may not see this page");
  await context.close();
});

test("another's order is not there for a requester, and what would show it is said", async ({ as }) => {
  const remy = await as("remy");
  const { path } = await askForOrder(remy);
  const rita = await as("rita");
  for (const address of [path, `/requests/${path.split("/")[2]}/amend`, "/orders/nothing", "/nowhere"]) {
    const response = await rita.goto(address);
    expect(response?.status(), address).toBe(404);
    await expect(rita.getByText("you need the role reviewer, supervisor, auditor or admin")).toBeVisible();
  }
  await rita.getByRole("link", { name: "Back to my work" }).click();
  await expect(rita.getByRole("link", { name: /of your orders/ }).first()).toBeVisible();
});

test("signing in leads to where one wanted to go; signing out closes the door", async ({ page }) => {
  await page.goto("/audit?type=taskOpened");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("do not belong together");
  await page.getByLabel("Password").fill("holdpoint-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  // The search of the form is written as a query in words.
  await expect(page).toHaveURL(/\/audit\?q=type%3AtaskOpened$/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/audit");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("everybody begins with what needs them, and is led to where it is", async ({ as, browser }) => {
  await askForOrder(await as("rita"));
  const starts: { [person in PersonId]?: [RegExp, string] } = {
    rita: [/of your orders (is|are) under way/, "/requests"],
    ana: [/orders? waits? for your decision/, "/queue"],
    sam: [/late|still until somebody looks/, "/escalations"],
    ada: [/let through by the policy alone/, "/orders?asked=nobody"],
    root: [/may sign in/, "/people"],
  };
  for (const [person, [line, leads]] of Object.entries(starts)) {
    const page = await browser.newPage();
    await signIn(page, person as PersonId);
    await page.goto("/");
    await page.getByRole("main").getByRole("link", { name: line }).first().click();
    await expect(page, person).toHaveURL((url) => `${url.pathname}${url.search}` === leads);
    await page.close();
  }
});

test("an action that does not come from a page of ours does nothing", async ({ as, playwright, baseURL }) => {
  const { number, path } = await askForOrder(await as("rita"));
  const ana = await as("ana");
  await openFromQueue(ana, number);
  // What the browser would have sent is caught on its way and sent from elsewhere instead.
  const caught = new Promise<Request>((found) => {
    ana.route(`**${path}`, async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      found(route.request());
      await route.abort();
    });
  });
  await ana.getByRole("button", { name: "Claim" }).click();
  const claim = await caught;
  const { origin: _origin, ...headers } = await claim.allHeaders();
  const sent = await playwright.request.newContext();
  const send = (origin: string | undefined) =>
    sent.post(`${baseURL}${path}`, {
      headers: { ...headers, ...(origin && { origin }) },
      data: claim.postDataBuffer() ?? undefined,
    });
  const isClaimed = async () => {
    const response = await ana.request.get(path);
    return (await response.text()).includes(" claimed “Review the order”.");
  };

  for (const origin of [undefined, "https://elsewhere.example", "null"]) {
    await send(origin);
    expect(await isClaimed(), `from ${origin}`).toBe(false);
  }
  await send(baseURL);
  expect(await isClaimed()).toBe(true);
  await sent.dispose();
});
