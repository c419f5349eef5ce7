/**
 * `npm run bench:ui [-- --csv <file> --map <mapping>] [--waiting 10000] [--json]`: what somebody at a screen waits for, measured
 * inside the page of a real browser at a built console, on a throwaway database with fsync on.
 *
 * The queue is filled with `--waiting` orders that wait for a reviewer, or with a file's orders as `npm run import -- --live`
 * brings them in. Times are milliseconds, sizes kB as they come over the wire. A figure for each line of the table in the
 * README; "slow" is a processor four times slower behind 9 Mbit/s with 40 ms there and back. Between two decisions is a second,
 * less than anybody needs to read.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright";
import { findBrowser } from "../e2e/browser";
import { type BenchConsole, withConsole } from "./bench/console";
import { median, quantile } from "./bench/figures";
import { accepted, each, largeOrder } from "./bench/workload";

const loads = 5;
const decisions = 20;
const slow = { processor: 4, bytesPerSecond: (9 * 1_000_000) / 8, latency_ms: 40 };

const { values } = parseArgs({
  options: {
    csv: { type: "string" },
    map: { type: "string" },
    waiting: { type: "string", default: "10000" },
    json: { type: "boolean", default: false },
  },
});

const measured = await withConsole({ carrier: true, connections: 4 }, async (bench) => {
  await bench.addPerson("requester", "requester");
  await bench.addPerson("ana", "reviewer");
  await bench.addPerson("ben", "reviewer");
  const order = await fill(bench);
  await untilStill(bench);
  const { executablePath, libraryPath } = await findBrowser();
  const browser = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    env: { ...process.env, ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }) } as Record<string, string>,
  });
  try {
    return await measure(bench, browser, order);
  } finally {
    await browser.close();
  }
});
console.log(values.json ? JSON.stringify(measured) : measured);
process.exit();

/** Brings the orders in and returns one that waits. */
async function fill(bench: BenchConsole): Promise<string> {
  const requester = await bench.actor("requester");
  if (values.csv) await importFile(values.csv, values.map ?? "");
  const names = Array.from({ length: values.csv ? 1 : Number(values.waiting) }, (_, n) => n);
  let last = "";
  await each(64, names, async (n) => {
    const command = { type: "order.receive" as const, ...largeOrder(`bench-${n}`, n) };
    const { stream } = await accepted(bench.runtime, requester, `fill-${n}`, command);
    last = stream.slice("order/".length);
  });
  return last;
}

async function importFile(csv: string, map: string): Promise<void> {
  const imported = spawn(
    process.execPath,
    [
      ..."--import tsx --import ./scripts/ready.ts scripts/import.ts --live".split(" "),
      csv,
      ...["--map", map, "--source", "bench", "--requested-by", "requester"],
    ],
    { stdio: ["ignore", 2, 2] },
  );
  const [code] = await once(imported, "exit");
  if (code !== 0) throw new Error(`The import of ${csv} ended with ${code}.`);
}

/** What was brought in is dispatched and delivered first: a console at work is measured by `bench:live` and the soak. */
async function untilStill({ context: { database, keys } }: BenchConsole): Promise<void> {
  for (let before = -1, still_s = 0; still_s < 10; still_s++) {
    const head = await database.workspaceHead.findUniqueOrThrow({ where: { workspace: keys.workspace } });
    const length = Number(head.nextPos);
    if (length !== before) still_s = 0;
    before = length;
    await new Promise((later) => setTimeout(later, 1_000));
  }
}

async function measure(bench: BenchConsole, browser: Browser, order: string) {
  const ana = await signedIn(bench, browser, "ana");
  const ben = await signedIn(bench, browser, "ben");
  const routes = { "sign-in": "/sign-in", queue: "/queue", order: `/orders/${order}`, orders: "/orders" };
  const opened: Record<string, object> = {};
  for (const [name, path] of Object.entries(routes)) {
    const context = name === "sign-in" ? await browser.newContext() : ana;
    opened[name] = await opening(context, bench.url + path);
  }
  const slowly = await opening(ana, `${bench.url}/queue`, true);
  const scrolled = await scrolling(ana, bench.url);
  const [native, throttled] = [
    await deciding(ana, ben, bench.url),
    await deciding(ana, ben, bench.url, true),
  ];
  return { opened, queueSlowly: slowly, scrolled, deciding: native, decidingSlowly: throttled };
}

async function signedIn(bench: BenchConsole, browser: Browser, id: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const cookies = (await bench.signIn(id)).split("; ").map((cookie) => {
    const at = cookie.indexOf("=");
    return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url: bench.url };
  });
  await context.addCookies(cookies);
  // What is carried into a page names its functions by a helper that pages do not have.
  await context.addInitScript("globalThis.__name = (named) => named");
  return context;
}

/** The median of some loads, each with nothing in the browser's cache. */
async function opening(context: BrowserContext, url: string, slowly = false) {
  const seen: { lcp: number; cls: number; js_kB: number }[] = [];
  for (let n = 0; n < loads; n++) {
    const page = await context.newPage();
    await page.addInitScript(watchPaint);
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    if (slowly) await slowDown(page);
    await page.goto(url, { waitUntil: "networkidle" });
    await page.waitForTimeout(500);
    seen.push(
      await page.evaluate(() => {
        const scripts = performance
          .getEntriesByType("resource")
          .filter(({ name }) => name.endsWith(".js")) as PerformanceResourceTiming[];
        const bytes = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
        const { lcp, cls } = (window as never as { seen: { lcp: number; cls: number } }).seen;
        return { lcp, cls, js_kB: bytes / 1_000 };
      }),
    );
    await page.close();
  }
  const middle = (name: "lcp" | "cls" | "js_kB") => median(seen.map((each) => each[name]));
  return {
    lcp_ms: Math.round(middle("lcp")),
    cls: Number(middle("cls").toFixed(4)),
    js_kB: Math.round(middle("js_kB")),
  };
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slow.processor });
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: slow.latency_ms,
    downloadThroughput: slow.bytesPerSecond,
    uploadThroughput: slow.bytesPerSecond,
  });
}

/** Scrolls to the end of the list as fast as pages come: how long frames took, and how many rows were ever drawn. */
async function scrolling(context: BrowserContext, url: string) {
  const page = await context.newPage();
  await page.goto(`${url}/queue`, { waitUntil: "networkidle" });
  const scrolled = await page.evaluate(async () => {
    const box = document.querySelector("[role=grid]")!.parentElement!;
    const frames: number[] = [];
    let rows_max = 0;
    let still = 0;
    let last = performance.now();
    for (let n = 0; still < 60 && n < 6_000; n++) {
      const before = box.scrollTop;
      box.scrollTop += 240;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const now = performance.now();
      frames.push(now - last);
      last = now;
      rows_max = Math.max(rows_max, box.querySelectorAll("tr").length);
      still = box.scrollTop === before ? still + 1 : 0;
    }
    return { frames, rows_max, lines: Math.round(box.scrollHeight / 48) };
  });
  await page.close();
  const { frames, ...rest } = scrolled;
  return {
    ...rest,
    frames: frames.length,
    longestFrame_ms: Math.round(Math.max(...frames)),
    framesOver50ms: frames.filter((frame_ms) => frame_ms > 50).length,
  };
}

/** Decides by keyboard in one browser while another looks at the same list. */
async function deciding(mine: BrowserContext, other: BrowserContext, url: string, slowly = false) {
  const pages = await Promise.all([mine, other].map((context) => context.newPage()));
  const [here, there] = pages as [Page, Page];
  for (const page of pages) {
    await page.addInitScript(watchInteractions);
    await page.goto(`${url}/queue`, { waitUntil: "networkidle" });
    await page.evaluate(watchRows);
  }
  if (slowly) await slowDown(here);
  await here.getByRole("grid").focus();
  let presses = 0;
  const press = async (key: string) => {
    presses++;
    await here.keyboard.press(key);
  };
  for (let n = 0; n < decisions; n++) {
    const number = await here.getByRole("article").getByRole("heading", { level: 2 }).textContent();
    await here.getByRole("button", { name: "Approve", exact: true }).waitFor();
    await here.waitForTimeout(1_000);
    await press("1");
    await here.waitForFunction(
      (title) => document.querySelector("#review-title")?.textContent !== title,
      number,
    );
  }
  await there.waitForTimeout(1_500);
  const [gone, seen] = await Promise.all(
    pages.map((page) => page.evaluate(() => (window as never as Watched).rows)),
  );
  const pressed = await here.evaluate(() => (window as never as Watched).pressed);
  const interactions = await here.evaluate(() => (window as never as Watched).interactions);
  const keys = Object.keys(pressed!);
  const spans = (rows: Record<string, number>) =>
    keys.flatMap((key) => (rows[key] === undefined ? [] : [rows[key] - pressed![key]!]));
  for (const page of pages) await page.close();
  const p95 = (times: number[]) => Number(quantile(times, 0.95).toFixed(1));
  return {
    decisions: keys.length,
    presses,
    inp_ms: Math.round(Math.max(0, ...interactions!)),
    ownRowGoneP95_ms: p95(spans(gone!)),
    otherBrowserP95_ms: p95(spans(seen!)),
    seenInOtherBrowser: spans(seen!).length,
  };
}

type Watched = {
  rows: Record<string, number>;
  pressed: Record<string, number>;
  interactions: number[];
};

function watchPaint(): void {
  const seen = { lcp: 0, cls: 0 };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcp = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as never as { value: number; hadRecentInput: boolean }[])
      if (!entry.hadRecentInput) seen.cls += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}

/** What the page takes for an interaction, as INP does: a pointer that lies there while the page is loaded is none. */
function watchInteractions(): void {
  const interactions: number[] = [];
  Object.assign(window, { interactions });
  new PerformanceObserver((list) => {
    for (const { duration, interactionId } of list.getEntries() as PerformanceEventTiming[])
      if (interactionId > 0) interactions.push(duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
}

/** Notes, on the clock all pages of a machine share, when a verdict's key was pressed at a row, and when a row was gone. */
function watchRows(): void {
  const now = () => performance.timeOrigin + performance.now();
  const watched: Omit<Watched, "interactions"> = { rows: {}, pressed: {} };
  Object.assign(window, watched);
  addEventListener(
    "keydown",
    ({ key }) => {
      const at = document.querySelector("[role=grid]")?.getAttribute("aria-activedescendant");
      if (key === "1" && at) watched.pressed[at] = now();
    },
    true,
  );
  new MutationObserver((records) => {
    for (const { removedNodes } of records)
      for (const node of removedNodes)
        if (node instanceof HTMLElement && node.id.startsWith("line-")) watched.rows[node.id] ??= now();
  }).observe(document.querySelector("[role=grid]")!, { childList: true, subtree: true });
}
