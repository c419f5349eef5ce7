import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { judge, type Seen } from "./head-guard";
import { folderOf, type HeadNote, readHeadNote, writeHeadNote } from "./head-note";

const leaf = (digit: string) => digit.repeat(64);
const note: HeadNote = {
  installation: "one",
  workspace: "main",
  folder: "7",
  head: { pos: 57, leaf: leaf("a") },
};
const asNoted: Seen = {
  workspace: "main",
  path: "/data/head.json",
  note,
  folder: "7",
  installation: "one",
  head: { pos: 57, leaf: leaf("a") },
  leafAtNote: leaf("a"),
};

describe("effects are sent from", () => {
  it.each<[string, Partial<Seen>]>([
    ["the log as it was noted", {}],
    ["a log that went on since", { head: { pos: 90, leaf: leaf("c") } }],
    ["a log noted when it was empty", { note: { ...note, head: null }, leafAtNote: null }],
    ["an empty log without a note", { note: null, head: null }],
    ["a log of which nothing was ever noted", { note: null, installation: null }],
    ["the same, where nobody keeps a note", { note: null, installation: null, path: null }],
  ])("%s", (_, seen) => {
    expect(judge({ ...asNoted, ...seen })).toMatchObject({ sends: true });
  });
});

describe("nothing is sent from", () => {
  it.each<[string, Partial<Seen>, RegExp]>([
    [
      "a log that is shorter",
      { head: { pos: 41, leaf: leaf("b") }, leafAtNote: null },
      /ends at position 41, and position 57 was noted/,
    ],
    ["a log that is empty again", { head: null, leafAtNote: null }, /ends before its first event/],
    ["another history of the same length", { leafAtNote: leaf("b") }, /position 57 is not the one/],
    [
      "another history that is longer by now",
      { head: { pos: 90, leaf: leaf("c") }, leafAtNote: leaf("b") },
      /another history/,
    ],
    ["another installation's note", { installation: "two" }, /of another installation/],
    ["a database from before there were notes", { installation: null }, /of another installation/],
    ["a copy of the folder", { folder: "8" }, /another folder/],
    ["another workspace's note", { workspace: "other" }, /of the workspace main/],
    ["a log whose note is missing", { note: null }, /is missing/],
    ["a log whose note nobody says the place of", { note: null, path: null }, /HOLDPOINT_HEAD_FILE/],
    ["a log whose note is damaged", { note: "unreadable" }, /cannot be read/],
  ])("%s", (_, seen, why) => {
    const standing = judge({ ...asNoted, ...seen });
    expect(standing).toMatchObject({ sends: false, why: expect.stringMatching(why) });
    expect(standing.why).toContain("Effects stay INTENDED");
  });
});

describe("the note", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdpoint-head-"));
  const path = join(folder, "head.json");
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is there whole or not at all, and nothing is left beside it", async () => {
    expect(await readHeadNote(path)).toBeNull();
    await writeHeadNote(path, { ...note, head: null });
    await Promise.all([writeHeadNote(path, note), writeHeadNote(path, note)]);
    expect(await readHeadNote(path)).toEqual(note);
    expect(readdirSync(folder)).toEqual(["head.json"]);
  });

  it.each([
    "",
    "null",
    "{",
    '{"installation":"one"}',
    JSON.stringify({ ...note, head: { pos: "57", leaf: leaf("a") } }),
    JSON.stringify({ ...note, head: { pos: 57, leaf: "a" } }),
  ])("that is damaged is not taken for one: %s", async (text) => {
    writeFileSync(path, text);
    expect(await readHeadNote(path)).toBe("unreadable");
  });

  it("knows its folder under another name, and a copy of it from itself", async () => {
    const inner = join(folder, "data");
    await writeHeadNote(path, note);
    cpSync(folder, `${folder}.tmp`, { recursive: true });
    renameSync(`${folder}.tmp`, inner);
    const here = await folderOf(join(inner, "head.json"));
    renameSync(inner, join(folder, "renamed"));
    expect(await folderOf(join(folder, "renamed", "head.json"))).toBe(here);
    cpSync(join(folder, "renamed"), join(folder, "copy"), { recursive: true });
    expect(await folderOf(join(folder, "copy", "head.json"))).not.toBe(here);
    const fresh = join(folder, "not", "there", "head.json");
    expect(await folderOf(fresh)).toBe("");
    await writeHeadNote(fresh, { installation: "i", workspace: "main", folder: "", head: null });
    expect(await readHeadNote(fresh)).toMatchObject({ folder: await folderOf(fresh) });
  });
});
