/** Starts the real application once for all browser tests: its own database, carrier, demo people and orders. */
import { startApplication } from "../scripts/application";
import { freePort } from "../scripts/embedded-postgres";
import { Supervisor } from "../scripts/supervisor";
import { discardThrowawayFolder, makeThrowawayFolder } from "../scripts/testing/throwaway";
import { findBrowser } from "./browser";
import type { Installation } from "./installation";
import { startProvider } from "./provider";

const report = (line: string) => console.log(`  ${line}`);

/** Playwright's global set-up; returns its teardown. */
export default async function setup(): Promise<() => Promise<void>> {
  const browser = await findBrowser();
  report(`browser: ${browser.executablePath}`);
  const dataFolder = await makeThrowawayFolder();
  const supervisor = await Supervisor.take(dataFolder, report);
  let stopProvider = async () => {};
  const stop = async () => {
    await supervisor.stop();
    await stopProvider();
    await discardThrowawayFolder(dataFolder);
  };
  try {
    const port = await freePort();
    const provider = await startProvider(`http://127.0.0.1:${port}`);
    stopProvider = provider.stop;
    // What the console inherits; what is its own it is given below.
    Object.assign(process.env, provider.environment);
    const options = {
      dataFolder,
      port,
      fsync: false,
      demo: "onceEmpty",
      // An answer that is lost is then a person's to find out, at once.
      environment: { CARRIER_MODE: "neither" },
      report,
    } as const;
    const application = await startApplication(supervisor, options);
    const installation: Installation = { ...application, browser };
    process.env.HOLDPOINT_INSTALLATION = JSON.stringify(installation);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
