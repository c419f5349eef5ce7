import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright/test";
import { askForOrder, expect, showInQueue, test } from "./journey";

/** Somebody of this journey's own, so that no other journey loses a person. */
async function addSomebody(
  admin: Page,
  role: string,
): Promise<{ email: string; id: string; password: string }> {
  const id = `j-${randomUUID().slice(0, 8)}`;
  const email = `${id}@example.com`;
  await admin.goto("/people");
  await admin.getByText("Add a person…").click();
  await admin.getByLabel("Name", { exact: true }).fill(`Jo ${id}`);
  await admin.getByLabel("E-mail").fill(email);
  await admin.getByLabel("Id (optional)").fill(id);
  await admin.getByRole("checkbox", { name: new RegExp(`^${role}`) }).check();
  await admin.getByRole("button", { name: "Add person" }).click();
  const password = await admin.getByLabel("First password").inputValue();
  return { email, id, password };
}

async function signInAs(
  browser: Browser,
  { email, password }: { email: string; password: string },
): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto("/sign-in");
  await giveWho(page, { email, password });
  return page;
}

async function giveWho(page: Page, { email, password }: { email: string; password: string }) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Other journeys tell by name who may decide: whoever was added for this one is among them no longer. */
async function disable(admin: Page, id: string): Promise<void> {
  await admin.goto(`/people/${id}`);
  await admin.getByText("Disable account…").click();
  await admin.getByRole("button", { name: /^Disable Jo/ }).click();
  await expect(admin.getByText("Robin Root disabled the account")).toBeVisible();
}

const signedIn = (page: Page) =>
  expect(page.getByRole("button", { name: "Sign out", exact: true })).toBeVisible();

test("an admin disables a reviewer, whose session ends with the next click and who comes in no more", async ({
  as,
  browser,
}) => {
  const root = await as("root");
  const somebody = await addSomebody(root, "reviewer");
  const jo = await signInAs(browser, somebody);
  await signedIn(jo);
  await jo.goto("/queue");
  await expect(jo.getByRole("heading", { level: 1, name: "Queue" })).toBeVisible();

  await root.getByRole("link", { name: "See their page" }).click();
  await expect(root.getByRole("heading", { level: 1, name: `Jo ${somebody.id}` })).toBeVisible();
  await root.getByText("Disable account…").click();
  await expect(root.getByText("signed out everywhere at once")).toBeVisible();
  await root.getByRole("button", { name: /^Disable Jo/ }).click();
  await expect(root.getByText("Robin Root disabled the account")).toBeVisible();

  await jo.goto("/queue");
  await expect(jo.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await jo.getByLabel("E-mail").fill(somebody.email);
  await jo.getByLabel("Password").fill(somebody.password);
  await jo.getByRole("button", { name: "Sign in" }).click();
  await expect(jo.getByText("do not belong together")).toBeVisible();

  await root.getByText("Enable account…").click();
  await root.getByRole("button", { name: /^Enable Jo/ }).click();
  await expect(root.getByText("Robin Root enabled the account")).toBeVisible();
  const back = await signInAs(browser, somebody);
  await signedIn(back);
  await Promise.all([jo.context().close(), back.context().close()]);
});

test("a role is given with what follows from it, stands in the person's history, and is taken away again", async ({
  as,
  browser,
}) => {
  const root = await as("root");
  const somebody = await addSomebody(root, "requester");
  const jo = await signInAs(browser, somebody);
  await signedIn(jo);
  await jo.goto("/audit");
  await expect(jo.getByRole("heading", { name: /You need the role auditor/ })).toBeVisible();

  await root.goto(`/people/${somebody.id}`);
  await root.locator("summary").filter({ hasText: "Give auditor" }).click();
  await root.getByRole("button", { name: "Give auditor", exact: true }).click();
  await expect(root.getByText(`Robin Root gave Jo ${somebody.id} the role auditor.`)).toBeVisible();
  await jo.goto("/audit");
  await expect(jo.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
  await jo.goto("/account");
  await expect(jo.getByText(`Robin Root gave Jo ${somebody.id} the role auditor.`)).toBeVisible();

  await root.locator("summary").filter({ hasText: "Take away auditor" }).click();
  await root.getByRole("button", { name: "Take auditor away" }).click();
  await expect(root.getByText(`Robin Root took the role auditor from Jo ${somebody.id}.`)).toBeVisible();
  await jo.goto("/audit");
  await expect(jo.getByRole("heading", { name: /You need the role auditor/ })).toBeVisible();
  await jo.context().close();
});

test("the only admin can take neither the own role nor the own account away", async ({ as }) => {
  const root = await as("root");
  await root.goto("/people/root");
  await expect(root.getByText("The only admin who may act")).toBeVisible();
  await expect(root.locator("summary").filter({ hasText: "Take away admin" })).toHaveCount(0);
  await expect(root.getByText("Disable account…")).toHaveCount(0);
});

test("who may read about people changes nothing, and others see nothing", async ({ as }) => {
  const ada = await as("ada");
  await ada.goto("/people/ana");
  await expect(ada.getByRole("heading", { level: 1, name: "Ana Kovač" })).toBeVisible();
  await expect(ada.getByText("changed by admins")).toBeVisible();
  await expect(ada.locator("summary").filter({ hasText: "Give supervisor" })).toHaveCount(0);
  await expect(ada.getByText("ana@example.com")).toHaveCount(0);
  const ana = await as("ana");
  await ana.goto("/people/ana");
  await expect(ana.getByRole("heading", { name: /You need the role/ })).toBeVisible();
});

test("signing out elsewhere ends the other browsers and not this one; a new password ends them all", async ({
  as,
  browser,
}) => {
  const root = await as("root");
  const somebody = await addSomebody(root, "requester");
  const here = await signInAs(browser, somebody);
  await signedIn(here);
  const elsewhere = await signInAs(browser, somebody);
  await signedIn(elsewhere);
  await here.goto("/account");
  await expect(here.getByText("This browser")).toBeVisible();
  await here.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(here.getByRole("listitem").filter({ hasText: "Signed in" })).toHaveCount(1);
  await elsewhere.goto("/account");
  await expect(elsewhere.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await root.goto(`/people/${somebody.id}`);
  await expect(root.getByText(/ signed .* out everywhere else\.$/)).toBeVisible();

  const password = randomUUID();
  await here.getByLabel("Password now").fill("not this one");
  await here.getByLabel("New password", { exact: true }).fill(password);
  await here.getByLabel("New password again").fill(password);
  await here.getByRole("button", { name: "Change password" }).click();
  await expect(here.getByRole("alert").first()).toContainText("This is not your password");
  await here.getByLabel("Password now").fill(somebody.password);
  await here.getByLabel("New password", { exact: true }).fill(password);
  await here.getByLabel("New password again").fill(password);
  await here.getByRole("button", { name: "Change password" }).click();
  await expect(here.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await here.context().close();
  const again = await signInAs(browser, { ...somebody, password });
  await signedIn(again);
  await Promise.all([again.context().close(), elsewhere.context().close()]);
});

test("what was typed survives a session that has ended meanwhile", async ({ as, browser }) => {
  const root = await as("root");
  const somebody = await addSomebody(root, "requester");
  const jo = await signInAs(browser, somebody);
  await signedIn(jo);
  await jo.goto("/requests/new");
  const number = `J-${somebody.id}`;
  await jo.getByLabel("Order number").fill(number);
  await jo.getByLabel("Customer name").fill("Byron & Daughters");
  await jo.getByLabel("Customer reference").fill(`C-${number}`);
  await jo.getByLabel("Total").fill("12.34");

  await root.goto(`/people/${somebody.id}`);
  await root.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(root.getByText("In no browser now.")).toBeVisible();

  await jo.getByRole("button", { name: "Send order" }).click();
  await expect(jo.getByRole("main").getByRole("alert")).toContainText("You are no longer signed in");
  await expect(jo.getByLabel("Order number")).toHaveValue(number);
  await expect(jo.getByLabel("Total")).toHaveValue("12.34");

  const window = await jo.context().newPage();
  await window.goto("/sign-in");
  await giveWho(window, somebody);
  await signedIn(window);
  await jo.getByRole("button", { name: "Send order" }).click();
  await expect(jo.getByRole("heading", { level: 1, name: new RegExp(number) })).toBeVisible();
  await jo.context().close();
});

/** Everything the scripts of this tab have kept in it, as one text. */
const keptIn = (page: Page) => page.evaluate(() => JSON.stringify({ ...sessionStorage }));
const noteIn = (page: Page) => page.getByLabel("Note", { exact: true });
const asksWho = (page: Page) =>
  expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();

test("a note survives a session ended elsewhere for who wrote it, and nobody else ever sees it", async ({
  as,
  browser,
}) => {
  test.setTimeout(120_000);
  const { number, path } = await askForOrder(await as("rita"));
  const root = await as("root");
  const [writer, next] = [await addSomebody(root, "reviewer"), await addSomebody(root, "reviewer")];
  const endWriter = async () => {
    await root.goto(`/people/${writer.id}`);
    await root.getByRole("button", { name: "Sign out everywhere" }).click();
    await expect(root.getByText("In no browser now.")).toBeVisible();
  };
  const note = `Ask about the wax seal, ${writer.id}`;
  const page = await signInAs(browser, writer);
  await signedIn(page);
  await showInQueue(page, number);
  await noteIn(page).fill(note);
  await endWriter();
  await page.goto("/queue");
  await asksWho(page);
  await giveWho(page, writer);
  await signedIn(page);
  await showInQueue(page, number);
  await expect(noteIn(page)).toHaveValue(note);

  // In the same tab, by another person: as a new page, and as the page that is still there.
  await endWriter();
  await page.goto("/queue");
  await asksWho(page);
  expect(await keptIn(page)).toContain(note);
  await giveWho(page, next);
  await signedIn(page);
  await expect.poll(() => keptIn(page)).not.toContain(note);
  await showInQueue(page, number);
  await expect(noteIn(page)).toHaveValue("");
  await page.goto(path);
  await page.getByLabel("Comment").fill("No wax at all.");
  const window = await page.context().newPage();
  await window.goto("/account");
  await window.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await asksWho(window);
  await giveWho(window, writer);
  await signedIn(window);
  await page.getByRole("button", { name: "Claim" }).click();
  await expect(page.getByText("Somebody else has signed in in this browser").first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("banner").getByText(`Jo ${writer.id}`)).toBeVisible();
  await expect(page.getByLabel("Comment")).toHaveValue("");
  await page.context().close();
  for (const { id } of [writer, next]) await disable(root, id);
});

test("who signs out leaves nothing of what was typed, in this tab or another", async ({ as, browser }) => {
  const { number, path } = await askForOrder(await as("rita"));
  const root = await as("root");
  const somebody = await addSomebody(root, "reviewer");
  const note = `Ask about the wax seal, ${somebody.id}`;
  const page = await signInAs(browser, somebody);
  await signedIn(page);
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await showInQueue(tab, number);
    await noteIn(tab).fill(note);
    expect(await keptIn(tab)).toContain(note);
  }
  for (const tab of [page, other]) await tab.goto(path);
  await expect.poll(() => keptIn(other)).toContain("holdpoint-recent");
  await page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await asksWho(page);
  for (const tab of [page, other]) await expect.poll(() => keptIn(tab)).not.toContain("holdpoint-");
  await giveWho(page, somebody);
  await signedIn(page);
  for (const tab of [page, other]) {
    await showInQueue(tab, number);
    await expect(noteIn(tab)).toHaveValue("");
  }
  await page.context().close();
  await disable(root, somebody.id);
});
