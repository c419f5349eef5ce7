import { afterAll, beforeAll, expect, test } from "vitest";
import { apiKeyActor } from "#lib/auth/api-key";
import { runCommand } from "./testing/run-command";
import { type TestWorkspace, testWorkspace } from "./testing/workspace";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const apiKey = (...args: string[]) => runCommand(workspace, "api-key", ...args);

test("a key is printed once, acts for its person, and no longer when it is revoked", async () => {
  const created = await apiKey("create", "--person", "rita");
  expect(created).toMatchObject({ code: 0, err: expect.stringContaining("acts for rita") });
  const actor = await apiKeyActor(workspace, `Bearer ${created.out}`);
  expect(actor).toMatchObject({ type: "apiKey", person: "rita" });
  expect(JSON.stringify(await workspace.log("person/rita"))).not.toContain(created.out.slice(-43));

  const revoked = await apiKey("revoke", "--id", `${actor?.id}`);
  expect(revoked).toEqual({ code: 0, out: "", err: `Key ${actor?.id} of rita is revoked.` });
  expect(await apiKeyActor(workspace, `Bearer ${created.out}`)).toBeNull();
  const types = (await workspace.log("person/rita")).map(({ type }) => type);
  expect(types.slice(-2)).toEqual(["apiKeyCreated", "apiKeyRevoked"]);
});

test.each([
  [["create", "--person", "nobody"], 1, "There is no such person."],
  [["revoke", "--id", "0000000000000000"], 1, "There is no API key 0000000000000000."],
  [["create"], 2, "--person is missing."],
  [["rotate"], 2, "There is no command rotate."],
])("%j ends with code %d", async (args, code, problem) => {
  const answered = await apiKey(...args);
  expect(answered).toMatchObject({ code, out: "" });
  expect(answered.err).toContain(problem);
});
