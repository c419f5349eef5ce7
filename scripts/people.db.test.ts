import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "#lib/auth/sign-in";
import { openThrottle } from "#lib/auth/throttle";
import { type Answered, runCommand } from "./testing/run-command";
import { type TestWorkspace, testWorkspace } from "./testing/workspace";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const people = (...args: string[]): Promise<Answered> => runCommand(workspace, "people", ...args);
const signsIn = async (email: string, password: string) =>
  (
    await signIn(workspace, openThrottle(workspace.database, workspace.name), {
      email,
      password,
      address: "192.0.2.1",
    })
  ).kind;
const rolesOf = async (personId: string) =>
  (await workspace.database.personRow.findFirst({ where: { personId } }))?.roles;
const jo = ["--id", "jo", "--name", "Jo March", "--email", "Jo@example.org"];

test("a person is added, signs in with the password that was made, and stands in the log without a name in plain", async () => {
  const added = await people("add", ...jo, "--roles", "reviewer,auditor");
  expect(added).toMatchObject({ code: 0, err: expect.stringContaining("Added jo as reviewer, auditor.") });
  expect(added.out).toMatch(/^[\w-]{20}$/);
  expect(await signsIn("jo@example.org", added.out)).toBe("signedIn");
  expect(await rolesOf("jo")).toEqual(["reviewer", "auditor"]);
  const log = await workspace.log("person/jo");
  expect(log.map(({ type }) => type)).toEqual(["personAdded"]);
  expect(JSON.stringify(log)).not.toMatch(/march|jo@example/i);
});

test("nobody is added whose address signs in another, and the log says nothing of it", async () => {
  const again = await people("add", "--id", "jo-two", ...jo.slice(2), "--roles", "auditor");
  expect(again).toEqual({ code: 1, out: "", err: "Somebody else signs in by Jo@example.org already." });
  expect(await workspace.log("person/jo-two")).toEqual([]);
});

test("roles are given and taken, and what cannot be is told", async () => {
  const changed = await people("roles", "--id", "jo", "--grant", "supervisor", "--revoke", "auditor");
  expect(changed).toMatchObject({ code: 0, out: "" });
  expect(await rolesOf("jo")).toEqual(["reviewer", "supervisor"]);
  const none = await people("roles", "--id", "jo", "--revoke", "auditor");
  expect(none).toMatchObject({ code: 1, err: "This person does not have the role auditor." });
});

test("another password takes the place of the first, and a disabled person does not sign in with it", async () => {
  const password = "a password of her own";
  expect(await people("password", "--id", "jo", "--password", password)).toMatchObject({ code: 0, out: "" });
  expect(await signsIn("jo@example.org", password)).toBe("signedIn");
  expect(await people("disable", "--id", "jo")).toMatchObject({ code: 0 });
  expect(await signsIn("jo@example.org", password)).toBe("refused");
  expect(await people("enable", "--id", "jo")).toMatchObject({ code: 0 });
  expect(await signsIn("jo@example.org", password)).toBe("signedIn");
  const types = (await workspace.log("person/jo")).map(({ type }) => type);
  expect(types.slice(-3)).toEqual(["passwordChanged", "personDisabled", "personEnabled"]);
});

test.each([
  [[], "Say what to do."],
  [["promote"], "There is no command promote."],
  [["add", "--id", "x"], "--name is missing."],
  [["add", ...jo, "--roles", "boss"], "There is no role boss."],
  [["add", ...jo, "--roles", "auditor", "--password", "short"], "at least 12 characters"],
  [["roles", "--id", "jo"], "Say which role"],
  [["disable", "--person", "jo"], "Unknown option '--person'"],
])("what is not understood does nothing and shows how: %j", async (args, problem) => {
  const { code, out, err } = await people(...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(problem);
  expect(err).toContain("npm run people -- <what>");
});
