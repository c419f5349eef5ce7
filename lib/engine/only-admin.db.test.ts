import { afterEach, beforeEach, expect, it } from "vitest";
import type { Command } from "#lib/domain/commands";
import { isRejection } from "#lib/domain/rejection";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { systemActor } from "./system-actor";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await testWorkspace();
});
afterEach(() => workspace.close());

const ask = (who: string, command: Command, on = workspace.runtime) =>
  workspace.ask(workspace.person(who), command, undefined, on);
const leaving = (person: string): Command[] => [
  { type: "person.revoke", person, role: "admin" },
  { type: "person.disable", person },
];

/** Of the seven people of the workspace and those a test made admins, who can make admins. */
const admins = async () => {
  const rows = await workspace.database.$queryRawUnsafe<{ person_id: string }[]>(
    "SELECT person_id FROM person WHERE workspace = $1 AND NOT disabled AND roles @> '{admin}' ORDER BY 1",
    workspace.name,
  );
  return rows.map(({ person_id }) => person_id);
};

it.each(leaving("root"))("the only admin does not get rid of the right: $type", async (command) => {
  expect(await ask("root", command)).toMatchObject({ rejected: true, code: "notPossible" });
  await ask("root", { type: "person.grant", person: "sam", role: "admin" });
  await ask("root", { type: "person.disable", person: "sam" });
  expect(await ask("root", command)).toMatchObject({ message: expect.stringContaining("the only admin") });
  expect(await admins()).toEqual(["root"]);
});

it.each(leaving("root"))("with another admin one may: $type", async (command) => {
  await ask("root", { type: "person.grant", person: "sam", role: "admin" });
  expect(isRejection(await ask("root", command))).toBe(false);
  expect(await admins()).toEqual(["sam"]);
});

it("an admin keeps the other roles to give away, and an operator may take the last admin away", async () => {
  await ask("root", { type: "person.grant", person: "root", role: "auditor" });
  expect(isRejection(await ask("root", { type: "person.revoke", person: "root", role: "auditor" }))).toBe(
    false,
  );
  const operator = systemActor(workspace.name, "operator");
  expect(isRejection(await workspace.ask(operator, { type: "person.disable", person: "root" }))).toBe(false);
  expect(await admins()).toEqual([]);
});

it("two admins who leave at once, in one process or two, are not both let go", async () => {
  const other = await workspace.another();
  const back: Command[] = ["root", "sam"].map((person) => ({ type: "person.grant", person, role: "admin" }));
  const operator = systemActor(workspace.name, "operator");
  for (let round = 0; round < 8; round++) {
    for (const command of back) await workspace.ask(operator, command);
    expect(await admins()).toEqual(["root", "sam"]);
    // Both processes know both as they are now.
    for (const on of [workspace.runtime, other])
      for (const person of ["root", "sam"])
        await ask(person, { type: "person.grant", person, role: "admin" }, on);
    const answers = await Promise.all([
      ask("root", leaving("root")[0]!),
      ask("sam", leaving("sam")[0]!, round % 2 === 0 ? other : workspace.runtime),
    ]);
    expect(answers.filter(isRejection)).toHaveLength(1);
    expect(answers.find(isRejection)).toMatchObject({ code: "notPossible" });
    expect(await admins()).toHaveLength(1);
  }
});
