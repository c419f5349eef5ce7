import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuthorizedActor, UnauthorizedActorError } from "#lib/domain/authority";
import { systemActor } from "#lib/engine/system-actor";
import { workspaceKeys } from "#lib/log/keys";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { audienceOf, changes_max, changesFrom, heardBy } from "./changes";

let workspace: TestWorkspace;
/** Where the log went on before the two orders. */
let from: number;
let ritas: string;
let remys: string;

beforeAll(async () => {
  workspace = await testWorkspace();
  from = (await changesFrom(workspace, null)).next;
  ritas = await workspace.receive();
  remys = await workspace.receive({ requestedBy: "remy" });
  await workspace.ask(workspace.person("sam"), { type: "dispatch.pause", reason: "The depot is flooded" });
  const operator = systemActor(workspace.name, "operator");
  await workspace.ask(operator, { type: "person.grant", person: "ben", role: "supervisor" });
  // Refused: an event of its own stream.
  await workspace.decide(workspace.person("rita"), ritas, "approve");
});
afterAll(() => workspace.close());

const heard = async (who: AuthorizedActor) =>
  heardBy(who, workspace.name, await changesFrom(workspace, from))?.changes ?? [];
const ordersHeard = async (who: string) =>
  new Set((await heard(workspace.person(who))).map(({ order }) => order));

test("what was recorded from a position on is the log from there, with who asked for each order", async () => {
  const { next, changes, everything } = await changesFrom(workspace, from);
  const log = (await workspace.log()).filter(({ pos }) => pos >= from);
  expect(changes.map(({ pos, stream, type }) => ({ pos, stream, type }))).toEqual(
    log.map(({ pos, stream, type }) => ({ pos, stream, type })),
  );
  expect(next).toBe(log.at(-1)!.pos + 1);
  expect(everything).toBe(false);
  const requesters = new Map(changes.map(({ stream, requestedBy }) => [stream, requestedBy]));
  expect(requesters.get(`order/${ritas}`)).toBe("rita");
  expect(requesters.get(`order/${remys}`)).toBe("remy");
  expect(requesters.get("person/ben")).toBeNull();
  expect(await changesFrom(workspace, next)).toEqual({ next, changes: [], everything: false });
  expect(await changesFrom(workspace, null)).toEqual({ next, changes: [], everything: false });
});

test("a position ahead of the log, or too far behind it, is told that everything may have changed", async () => {
  const { next } = await changesFrom(workspace, null);
  expect(await changesFrom(workspace, next + 1)).toEqual({ next, changes: [], everything: true });
  expect(next).toBeLessThan(changes_max);
  // As far behind as it may be, and one more: the log itself need not be that long to be asked.
  expect(await changesFrom(workspace, next - changes_max)).toMatchObject({ everything: false });
  expect(await changesFrom(workspace, next - changes_max - 1)).toMatchObject({
    changes: [],
    everything: true,
  });
});

test("another workspace's log is not read", async () => {
  const keys = workspaceKeys("other", {
    workspaceKey: Buffer.alloc(32, 7),
    identityKey: Buffer.alloc(32, 8),
  });
  expect(await changesFrom({ ...workspace, keys }, 0)).toEqual({ next: 0, changes: [], everything: false });
});

describe("who hears what", () => {
  test("whoever may read orders hears of all of them; a requester of the own ones, and of nothing else", async () => {
    expect(await ordersHeard("ana")).toEqual(new Set([ritas, remys]));
    const rita = await heard(workspace.person("rita"));
    expect(new Set(rita.map(({ order }) => order))).toEqual(new Set([ritas]));
    expect(rita.map(({ type }) => type)).toContain("taskOpened");
  });

  test("of switches those who may see the operations hear; a reviewer does not", async () => {
    const types = async (who: string) => (await heard(workspace.person(who))).map(({ type }) => type);
    expect(await types("sam")).toContain("dispatchPaused");
    expect(await types("ana")).not.toContain("dispatchPaused");
  });

  test("of people and refusals nobody hears; an auditor learns that the log has grown, and nothing else", async () => {
    const { changes } = await changesFrom(workspace, from);
    const hidden = changes.filter(({ stream }) => /^(person|access)\//.test(stream)).map(({ pos }) => pos);
    expect(hidden).toHaveLength(2);
    for (const who of ["ana", "sam", "rita"])
      expect((await heard(workspace.person(who))).filter(({ pos }) => hidden.includes(pos))).toEqual([]);
    for (const who of ["ada", "root"])
      expect((await heard(workspace.person(who))).filter(({ pos }) => hidden.includes(pos))).toEqual(
        hidden.map((pos) => ({ pos })),
      );
  });

  test("that everything may have changed everybody hears; that nothing for them did, nobody", async () => {
    const rita = workspace.person("rita");
    const none = { next: 9, changes: [], everything: false };
    expect(heardBy(rita, workspace.name, none)).toBeNull();
    expect(heardBy(rita, workspace.name, { ...none, everything: true })).toEqual({
      ...none,
      everything: true,
    });
  });

  test("somebody nobody minted, or of another workspace, hears nothing", async () => {
    const changes = await changesFrom(workspace, from);
    const ana = workspace.person("ana");
    expect(() => heardBy({ ...ana }, workspace.name, changes)).toThrow(UnauthorizedActorError);
    expect(() => heardBy(ana, "other", changes)).toThrow(UnauthorizedActorError);
  });

  test("those who hear the same are one audience, and no others", () => {
    const audience = (who: string) => audienceOf(workspace.person(who));
    expect(audience("ana")).toBe(audience("ben"));
    expect(audience("remy")).toBe(audience("ana"));
    expect(new Set(["ana", "sam", "ada", "root", "rita"].map(audience)).size).toBe(5);
  });
});
