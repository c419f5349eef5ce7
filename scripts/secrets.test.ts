import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureKeys, ensureSecrets } from "./secrets";

let folder: string;
const path = () => join(folder, "keys.json");
const quietly = () => {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdpoint-secrets-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("keys are made once, only for us, and say where they are", () => {
  const lines: string[] = [];
  const report = (line: string) => lines.push(line);
  expect(ensureKeys(path(), {}, false, report)).toEqual({ HOLDPOINT_KEYS_FILE: path() });
  expect(lines).toEqual([`making ${path()}; keep a copy of it apart from the database's backup`]);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  const made = JSON.parse(readFileSync(path(), "utf8"));
  expect(Buffer.from(made.workspaceKey, "base64")).toHaveLength(32);
  expect(Buffer.from(made.identityKey, "base64")).toHaveLength(32);
  expect(made.workspaceKey).not.toBe(made.identityKey);

  ensureKeys(path(), {}, true, report);
  expect(JSON.parse(readFileSync(path(), "utf8"))).toEqual(made);
});

test("a database with events and no key file is refused, and no key is made up", () => {
  expect(() => ensureKeys(path(), {}, true, quietly)).toThrow(
    `${path()} with the keys they were written under is missing`,
  );
  expect(existsSync(path())).toBe(false);
});

test("a key file with a key missing or too short is refused by name", () => {
  const key = Buffer.alloc(32).toString("base64");
  writeFileSync(path(), JSON.stringify({ workspaceKey: key }));
  expect(() => ensureKeys(path(), {}, false, quietly)).toThrow("holds no identityKey of 32 bytes");
  writeFileSync(path(), JSON.stringify({ workspaceKey: "c2hvcnQ=", identityKey: key }));
  expect(() => ensureKeys(path(), {}, false, quietly)).toThrow("holds no workspaceKey of 32 bytes");
});

test("keys in the environment need no file, and a file named there is used in place of ours", () => {
  const keys = { HOLDPOINT_WORKSPACE_KEY: "one", HOLDPOINT_IDENTITY_KEY: "two" };
  expect(ensureKeys(path(), keys, true, quietly)).toEqual(keys);
  const other = join(folder, "other.json");
  expect(ensureKeys(path(), { HOLDPOINT_KEYS_FILE: other }, false, quietly)).toEqual({
    HOLDPOINT_KEYS_FILE: other,
  });
  expect([existsSync(path()), existsSync(other)]).toEqual([false, true]);
});

test("secrets stay the same from start to start, and the environment wins", () => {
  const file = join(folder, "secrets.json");
  const made = ensureSecrets(file, {});
  expect(made.CARRIER_WEBHOOK_SECRET).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(ensureSecrets(file, {})).toEqual(made);
  expect(ensureSecrets(file, { CRON_SECRET: "from outside", NEXTAUTH_SECRET: "" })).toEqual({
    ...made,
    CRON_SECRET: "from outside",
  });
});
