/**
 * Which browser the tests use: CHROMIUM_PATH, an installed Chromium or Chrome, Playwright's own, and where there is none
 * of these (x64 Linux without a package manager) the one that npm brings along compressed.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright/test";

export type Browser = {
  executablePath: string;
  /** Folders with shared libraries that the browser needs and the system lacks, "" for none. */
  libraryPath: string;
};

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome.exe"];
const APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

const PACKAGE = join(import.meta.dirname, "..", "node_modules", "@sparticuz", "chromium");

/** Returns a browser that is there. Throws with what to install when there is none. */
export async function findBrowser(): Promise<Browser> {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen && !existsSync(chosen)) throw new Error(`CHROMIUM_PATH=${chosen} does not exist.`);
  const found = chosen || installedBrowser() || [chromium.executablePath()].find((path) => existsSync(path));
  if (found) return { executablePath: found, libraryPath: "" };
  if (process.platform === "linux" && process.arch === "x64") return packagedBrowser();
  throw new Error("No browser for the tests: install Chromium or Chrome, or set CHROMIUM_PATH.");
}

function installedBrowser(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const candidates = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
  return [...candidates, ...APPLICATIONS].find((path) => existsSync(path));
}

async function packagedBrowser(): Promise<Browser> {
  const folder = await unpackedBrowser();
  const executablePath = join(folder, "chromium");
  const missing = execFileSync("ldd", [executablePath], { encoding: "utf8" }).includes("not found");
  return { executablePath, libraryPath: missing ? join(folder, "al2023", "lib") : "" };
}

async function unpackedBrowser(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
  const places = join(homedir(), ".cache", "holdpoint");
  const folder = join(places, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(places, { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  // The package unpacks into the temporary folder of its process, and its libraries only where it takes that for a
  // Lambda. A folder of our own cannot have been prepared by somebody else, nor be half of one.
  const unpack = 'import("@sparticuz/chromium").then(({ default: chromium }) => chromium.executablePath())';
  const env = { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" };
  await promisify(execFile)(process.execPath, ["--eval", unpack], { cwd: import.meta.dirname, env });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
