import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { withClient } from "#scripts/embedded-postgres";
import { start, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { NotAllowedToReadError } from "./permission";
import {
  changeableViews,
  mayShare,
  type NewView,
  removeView,
  renameView,
  savedViews,
  saveView,
  views_max,
} from "./saved-views";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
beforeEach(() =>
  withClient(workspace.urls.databaseOwnerUrl, (client) => client.query("DELETE FROM saved_view")),
);
afterAll(() => workspace.close());

function save(who: string, more: Partial<NewView> = {}) {
  const view = {
    id: randomUUID(),
    surface: "queue" as const,
    name: "Big ones",
    query: "reason=limit%401",
    shared: false,
    ...more,
  };
  return saveView(workspace.person(who), workspace, view, start);
}
const names = async (who: string, surface: "queue" | "audit" = "queue") =>
  (await savedViews(workspace.person(who), workspace, surface)).map(({ name }) => name);

test("one's own view is there again, for oneself alone, and on its own page", async () => {
  expect(await save("ana", { name: "  Big \n ones " })).toBeNull();
  const [view] = await savedViews(workspace.person("ana"), workspace, "queue");
  expect(view).toMatchObject({
    name: "Big ones",
    query: "reason=limit%401",
    shared: false,
    by: "ana",
    mayChange: true,
  });
  expect(await names("ben")).toEqual([]);
  expect(await names("ada", "audit")).toEqual([]);
});

test("shared views are saved by supervisors, admins and for the log by auditors, and seen by all who read the page", async () => {
  expect(await save("sam", { name: "For all", shared: true })).toBeNull();
  expect(await save("ada", { name: "Refused ones", shared: true, surface: "audit" })).toBeNull();
  expect(await save("ana", { shared: true })).toMatchObject({ code: "refused" });
  expect(await names("ana")).toEqual(["For all"]);
  expect(await names("root", "audit")).toEqual(["Refused ones"]);
  expect(mayShare(workspace.person("sam"), "queue")).toBe(true);
  expect(mayShare(workspace.person("ana"), "queue")).toBe(false);
  // An admin reads no queue, and so shares nothing there.
  expect(mayShare(workspace.person("root"), "queue")).toBe(false);
});

test("who may not read a page sees no view of it and saves none", async () => {
  await expect(savedViews(workspace.person("rita"), workspace, "queue")).rejects.toThrow(
    NotAllowedToReadError,
  );
  expect(await save("rita")).toMatchObject({ code: "refused" });
  expect(await save("ana", { surface: "audit" })).toMatchObject({ code: "refused" });
});

test("a name may be written from right to left, but not change the direction of what stands beside it", async () => {
  const refused = { field: "name", message: expect.stringContaining("direction of writing") };
  expect(await save("ana", { name: "Big \u202Eseno" })).toMatchObject(refused);
  const id = randomUUID();
  expect(await save("ana", { id, name: "גדולות" })).toBeNull();
  expect(await renameView(workspace.person("ana"), workspace, { id, name: "\u2066Big" })).toMatchObject(
    refused,
  );
  expect(await names("ana")).toEqual(["גדולות"]);
});

test("a name is needed, short, and once", async () => {
  expect(await save("ana", { name: " \t" })).toMatchObject({ code: "invalid", field: "name" });
  expect(await save("ana", { name: "n".repeat(61) })).toMatchObject({ code: "invalid", field: "name" });
  expect(await save("ana", { name: "ü".repeat(60) })).toBeNull();
  expect(await save("ana", { name: "Mine" })).toBeNull();
  expect(await save("ana", { name: "mine" })).toMatchObject({ code: "invalid", field: "name" });
  expect(await save("ben", { name: "mine" })).toBeNull();
  expect(await save("ana", { name: "Long", query: "q".repeat(1_001) })).toMatchObject({ code: "invalid" });
});

test("a form sent twice saves once", async () => {
  const id = randomUUID();
  await Promise.all([save("ana", { id }), save("ana", { id })]);
  expect(await names("ana")).toHaveLength(1);
});

test("nobody has more than so many, also when they are saved at once", async () => {
  const answers = await Promise.all(
    Array.from({ length: views_max + 2 }, (_, n) => save("ana", { name: `View ${n}` })),
  );
  expect(answers.filter((answer) => answer === null)).toHaveLength(views_max);
  expect(answers.find((answer) => answer !== null)).toMatchObject({ code: "notPossible" });
  expect(await names("ana")).toHaveLength(views_max);
}, 30_000);

test("a view is renamed and removed by whose it is; a shared one by who saved it and by admins", async () => {
  const [own, shared] = [randomUUID(), randomUUID()];
  await save("ana", { id: own });
  await save("sam", { id: shared, name: "For all", shared: true });
  const { person } = workspace;
  for (const [who, id] of [
    ["ben", own],
    ["root", own],
    ["ana", shared],
  ] as const) {
    expect(await renameView(person(who), workspace, { id, name: "Other" })).toMatchObject({
      code: "refused",
    });
    expect(await removeView(person(who), workspace, id)).toMatchObject({ code: "refused" });
  }
  expect(await names("ana")).toEqual(["Big ones", "For all"]);
  expect((await changeableViews(person("ana"), workspace)).map(({ name }) => name)).toEqual(["Big ones"]);
  expect((await changeableViews(person("root"), workspace)).map(({ name }) => name)).toEqual(["For all"]);

  expect(await renameView(person("ana"), workspace, { id: own, name: "Small ones" })).toBeNull();
  expect(await renameView(person("ana"), workspace, { id: own, name: "" })).toMatchObject({ field: "name" });
  expect(await renameView(person("sam"), workspace, { id: shared, name: "For everybody" })).toBeNull();
  expect(await names("ana")).toEqual(["Small ones", "For everybody"]);
  expect(await removeView(person("root"), workspace, shared)).toBeNull();
  expect(await removeView(person("ana"), workspace, own)).toBeNull();
  expect(await removeView(person("ana"), workspace, own)).toMatchObject({ code: "refused" });
  expect(await names("ana")).toEqual([]);
});
