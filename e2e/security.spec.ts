import { demoPassword, emailOf } from "../scripts/demo/story";
import { askForOrder, expect, linesOf, showInQueue, signIn, test } from "./journey";

test("a page runs the console's own scripts and no other, and is shown in nobody's frame", async ({
  as,
  browser,
}) => {
  const storageState = await (await as("ana")).context().storageState();
  const ana = await (await browser.newContext({ storageState })).newPage();
  const answer = await ana.goto("/queue");
  const headers = answer!.headers();
  const nonce = /'nonce-([^']+)'/.exec(headers["content-security-policy"] ?? "")?.[1];
  expect(nonce).toBeTruthy();
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["referrer-policy"]).toBe("same-origin");
  expect(headers["cache-control"]).toContain("no-store");
  expect(headers["x-powered-by"]).toBeUndefined();

  // Two answers, two nonces; and one that a client sends along is not taken.
  const sent = await ana.request.get("/queue", { headers: { "x-nonce": "mine" } });
  expect(sent.headers()["content-security-policy"]).not.toContain(nonce);
  expect(sent.headers()["content-security-policy"]).not.toContain("mine");
  expect(await sent.text()).not.toContain('nonce="mine"');

  // What somebody would write into a page does not run.
  await expect(ana.getByRole("heading", { level: 1, name: "Queue" })).toBeVisible();
  const ran = await ana.evaluate(async () => {
    const image = document.createElement("img");
    image.setAttribute("onerror", "window.injected = true");
    image.src = "data:,";
    const script = document.createElement("div");
    script.innerHTML = '<iframe srcdoc="<script>parent.injected = true</script>"></iframe>';
    document.body.append(image, script);
    await new Promise((later) => setTimeout(later, 500));
    return "injected" in window;
  });
  expect(ran).toBe(false);
  await ana.context().close();
});

test("what answers machines is not a page: nothing in it loads, runs or is kept", async ({ request }) => {
  for (const path of ["/api/health", "/api/openapi.json"]) {
    const headers = (await request.get(path)).headers();
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).toContain("no-store");
  }
});

test("who signs in past the form is in a new session as well, and the one before is over", async ({
  browser,
}) => {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, "ben");
  const before = await page.context().storageState();
  const { csrfToken } = await (await page.request.get("/api/auth/csrf")).json();
  const answer = await page.request.post("/api/auth/callback/credentials", {
    form: { csrfToken, email: emailOf("ben"), password: demoPassword, json: "true" },
  });
  expect(answer.ok()).toBe(true);
  await page.goto("/account");
  await expect(page.getByRole("button", { name: "Sign out", exact: true }).first()).toBeVisible();
  const other = await (await browser.newContext({ storageState: before })).newPage();
  await other.goto("/account");
  await expect(other).toHaveURL(/\/sign-in/);
  await page.context().close();
  await other.context().close();
});

test("where somebody else signs in in another tab, nothing is decided in their name by a page that is not theirs", async ({
  as,
  browser,
}) => {
  const { number } = await askForOrder(await as("rita"));
  const context = await browser.newContext();
  const anas = await context.newPage();
  await signIn(anas, "ana");
  await showInQueue(anas, number);
  const newest = await context.newPage();
  await newest.goto("/queue?sort=newest");
  await expect(newest.getByRole("grid", { name: /the newest first/ })).toBeVisible();
  const bens = await context.newPage();
  await bens.goto("/account");
  await bens.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
  await expect(bens.getByLabel("E-mail")).toBeVisible();
  await expect(newest.getByRole("link", { name: "Sign in" })).toHaveAttribute(
    "href",
    "/sign-in?next=%2Fqueue%3Fsort%3Dnewest",
  );
  await newest.close();
  await signIn(bens, "ben");
  await expect(anas.getByText("You are no longer signed in.")).toBeVisible();
  await anas.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(anas.getByText("Somebody else has signed in in this browser").first()).toBeVisible();
  await expect(linesOf(anas)).toHaveCount(1);

  await showInQueue(bens, number);
  await bens.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(bens.getByText("Approved", { exact: true })).toBeVisible();
  await context.close();
});
