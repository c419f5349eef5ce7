import { afterAll, beforeAll, expect, test } from "vitest";
import { isAuthorizedActor } from "#lib/domain/authority";
import { systemActor } from "#lib/engine/system-actor";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { apiKeyActor, forgetApiKey, keepApiKey, makeApiKey, personOfApiKey } from "./api-key";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const operator = systemActor("main", "operator");

async function keyFor(person: string) {
  const made = makeApiKey();
  const asked = await workspace.ask(operator, { type: "apiKey.create", person, apiKey: made.apiKey });
  expect(asked).toMatchObject({ rejected: false });
  await keepApiKey(workspace, made);
  return made;
}
const actorOf = (key: string) => apiKeyActor(workspace, `Bearer ${key}`);

test("a key acts for its person, and an order it hands in says so", async () => {
  const { key, apiKey } = await keyFor("rita");
  const actor = await actorOf(key);
  expect(actor).toEqual({
    workspace: "main",
    type: "apiKey",
    id: apiKey,
    person: "rita",
    roles: ["requester"],
  });
  expect(isAuthorizedActor(actor)).toBe(true);
  expect(await personOfApiKey(workspace, apiKey)).toBe("rita");
  const received = await workspace.ask(actor!, {
    type: "order.receive",
    workflow: "order-fulfilment@1",
    source: "webshop",
    businessKey: "1",
    requestedBy: "rita",
    total: { amount: 100, currency: "GBP" },
  });
  expect(received).toMatchObject({
    rejected: false,
    events: [{ actor: { type: "apiKey", id: apiKey, onBehalfOf: "rita" } }, {}, {}],
  });
});

test("of the secret only its digest is kept", async () => {
  const { key } = await keyFor("rita");
  const secret = key.slice(-43);
  const kept = JSON.stringify(await workspace.database.apiKeySecret.findMany());
  expect(kept).not.toContain(secret);
  expect(Buffer.from(secret, "base64url")).toHaveLength(32);
});

test("a wrong secret, another key's secret, and what is no key at all open nothing", async () => {
  const one = await keyFor("rita");
  const other = await keyFor("rita");
  const wrong = `${one.key.slice(0, -1)}${one.key.endsWith("A") ? "E" : "A"}`;
  expect(await actorOf(wrong)).toBeNull();
  expect(await actorOf(`hp_${one.apiKey}_${other.key.slice(-43)}`)).toBeNull();
  expect(await actorOf(makeApiKey().key)).toBeNull();
  for (const header of [
    null,
    "",
    "Bearer",
    `Basic ${one.key}`,
    one.key,
    "Bearer hp_x_y",
    `Bearer ${one.key} x`,
  ])
    expect(await apiKeyActor(workspace, header)).toBeNull();
  expect(await actorOf(one.key)).not.toBeNull();
});

test("a revoked key is refused although its digest is still there, and a forgotten one although the log has it", async () => {
  const revoked = await keyFor("rita");
  await workspace.ask(operator, { type: "apiKey.revoke", person: "rita", apiKey: revoked.apiKey });
  expect(await actorOf(revoked.key)).toBeNull();
  const forgotten = await keyFor("rita");
  await forgetApiKey(workspace, forgotten.apiKey);
  expect(await actorOf(forgotten.key)).toBeNull();
});

test("a key is worth nothing while its person is disabled", async () => {
  const { key } = await keyFor("ben");
  await workspace.ask(operator, { type: "person.disable", person: "ben" });
  expect(await actorOf(key)).toBeNull();
  await workspace.ask(operator, { type: "person.enable", person: "ben" });
  expect(await actorOf(key)).toMatchObject({ person: "ben" });
});
