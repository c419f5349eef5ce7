import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "./places";

type Locked = { version?: string; hasInstallScript?: boolean };

const read = (name: string) => JSON.parse(readFileSync(join(projectFolder, name), "utf8"));
const manifest = read("package.json");
const locked: Record<string, Locked> = read("package-lock.json").packages;

/** Below these are known holes: remote code execution without signing in (next), three advisories (next-auth). */
const FLOORS = { next: "16.4.1", "next-auth": "4.24.15" };

function atLeast(version: string, floor: string): boolean {
  const [have, want] = [version, floor].map((text) => text.split(".").map(Number));
  const first = [0, 1, 2].find((index) => have![index] !== want![index]);
  return first === undefined || have![first]! > want![first]!;
}

test.each(Object.entries(FLOORS))("%s is not below %s, whoever asks for it", (name, floor) => {
  const versions = Object.entries(locked)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, { version }]) => version!);
  expect(versions.length).toBeGreaterThan(0);
  expect(versions.filter((version) => !atLeast(version, floor))).toEqual([]);
});

test("every dependency is pinned to one version", () => {
  const ranges = { ...manifest.dependencies, ...manifest.devDependencies };
  expect(
    Object.entries(ranges).filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(range))),
  ).toEqual([]);
});

test("every package with an install script is named, and none is run", () => {
  const scripted = Object.entries(locked)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  const denied = Object.fromEntries(scripted.map((name) => [name, false]));
  expect(manifest.allowScripts).toEqual(denied);
});

test("every command has its script", () => {
  const scripts = Object.values(manifest.scripts as Record<string, string>);
  const files = scripts.flatMap((line) => line.match(/scripts\/[\w-]+\.ts/g) ?? []);
  expect(files.length).toBeGreaterThanOrEqual(scripts.length);
  expect(files.filter((file) => !existsSync(join(projectFolder, file)))).toEqual([]);
});
