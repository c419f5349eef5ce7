import { defineConfig } from "playwright/test";
import { installation } from "./installation";

// Read again in every worker, after the global set-up; the process that starts it all has no application yet.
const started = installation();
const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  globalSetup: "./application.ts",
  // One application, one log: what one journey does is seen by the next.
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: "list",
  use: {
    baseURL: started?.url,
    locale: "en-GB",
    timezoneId: "Europe/London",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: started?.browser.executablePath,
      env: {
        ...(process.env as Record<string, string>),
        ...(started?.browser.libraryPath && { LD_LIBRARY_PATH: started.browser.libraryPath }),
      },
      args: [
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        ...(root ? ["--no-sandbox"] : []),
      ],
    },
  },
});
