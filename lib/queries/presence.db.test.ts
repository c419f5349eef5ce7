import { afterAll, beforeAll, expect, test } from "vitest";
import { UnauthorizedActorError } from "#lib/domain/authority";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { mayReadOrder, viewersOf } from "./presence";

let workspace: TestWorkspace;
let order: string;
beforeAll(async () => {
  workspace = await testWorkspace();
  order = await workspace.receive();
  await workspace.receive({ requestedBy: "remy" });
});
afterAll(() => workspace.close());

test("an order may be looked at by those who read orders, and by who asked for it", async () => {
  const may = (who: string) => mayReadOrder(workspace.person(who), workspace, order);
  for (const who of ["ana", "sam", "ada", "root", "rita"]) expect(await may(who), who).toBe(true);
  const others = await workspace.receive({ requestedBy: "remy" });
  expect(await mayReadOrder(workspace.person("rita"), workspace, others)).toBe(false);
  // Somebody without a role is nobody's reader.
  expect(await may("nobody")).toBe(false);
});

test("an order there is not nobody looks at; somebody nobody minted looks at nothing", async () => {
  expect(await mayReadOrder(workspace.person("ana"), workspace, "no-order")).toBe(false);
  await expect(mayReadOrder({ ...workspace.person("ana") }, workspace, order)).rejects.toThrow(
    UnauthorizedActorError,
  );
});

test("who looks is called by name, in the order given", async () => {
  expect(await viewersOf(workspace, ["ben", "ana"])).toEqual([
    { id: "ben", name: "ben" },
    { id: "ana", name: "ana" },
  ]);
});
