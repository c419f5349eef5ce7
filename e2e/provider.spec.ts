import type { Browser, Page } from "playwright/test";
import { expect, test } from "./journey";

/** Goes to a page of the console, and from its sign-in by the provider, there with an account of this name. */
async function comeBy(browser: Browser, account: string, path = "/queue"): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await page.getByRole("link", { name: "Continue with Example ID" }).click();
  await page.getByPlaceholder("Enter any login").fill(account);
  await page.getByPlaceholder("and password").fill("any password");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  return page;
}

test("a reviewer signs in by the organisation's own provider, comes back to the page asked for, and it stands in the log", async ({
  browser,
}) => {
  const ana = await comeBy(browser, "ana-elsewhere", "/queue?view=unclaimed");
  await expect(ana.getByRole("heading", { level: 1, name: "Queue" })).toBeVisible();
  expect(new URL(ana.url()).search).toBe("?view=unclaimed");

  await ana.goto("/account");
  await expect(ana.getByRole("heading", { level: 1, name: "Ana Kovač" })).toBeVisible();
  await expect(
    ana.getByText(/Ana Kovač signed in by an account of http.*, for the first time/),
  ).toBeVisible();
  await ana.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await expect(ana.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await ana.context().close();

  // The same account again links nothing anew.
  const again = await comeBy(browser, "ana-elsewhere", "/account");
  await expect(again.getByText(/signed in by an account of .*, for the first time/)).toHaveCount(1);

  // Somebody who was given her address there is not her.
  const newcomer = await comeBy(browser, "ana-again");
  await expect(newcomer.getByText("You sign in by another account of it.")).toBeVisible();
  await newcomer.context().close();

  await again.getByText("Take off…").click();
  await again.getByRole("button", { name: "Take the account off" }).click();
  await expect(again.getByText(/took from Ana Kovač the account of .* to sign in by/)).toBeVisible();
  await again.context().close();
});

test("who has no verified address that somebody here has is told why the provider did not get them in", async ({
  browser,
}) => {
  const stranger = await comeBy(browser, "stranger");
  await expect(stranger.getByText("Nobody here has your e-mail address")).toBeVisible();
  await stranger.context().close();
  const unproven = await comeBy(browser, "ben-unproven");
  await expect(unproven.getByText("does not say that your e-mail address is verified")).toBeVisible();
  await unproven.context().close();
});

test("an answer of the provider that was not asked for opens nothing", async ({ browser }) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto("/api/auth/callback/oidc?code=made-up&state=made-up");
  await expect(page.getByText("Example ID did not get you in")).toBeVisible();
  await page.goto("/queue");
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  // Nor is anybody led there by another site.
  const led = await page.request.get("/sign-in/provider", {
    headers: { "sec-fetch-site": "cross-site" },
    maxRedirects: 0,
  });
  expect(new URL(led.headers().location ?? "", page.url()).pathname).toBe("/sign-in");
  await page.context().close();
});
