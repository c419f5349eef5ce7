import { expect, it } from "vitest";
import type { Role } from "./authority";
import type { Facts, Principal } from "./facts";
import { decidePerson, evolvePerson, type PersonCommand, type PersonState } from "./person";
import { isRejection } from "./rejection";

const session = "5f0c1f5e-6f3b-4f0e-9d57-0b8f5a4f2c11";
const account = { issuer: "https://id.example.com", identity: "0".repeat(32) };

/** Ana's account: a reviewer with a key and an account elsewhere. */
const ana = {
  id: "ana",
  version: 4,
  grants: [{ role: "reviewer", grantedBy: "person/ana@1" }],
  disabled: false,
  personal: null,
  apiKeys: { shop: { revoked: false } },
  identities: [account],
} satisfies PersonState;

const by = (person: string, role: Role, disabled = false): Principal => ({
  kind: "person",
  person,
  grants: [{ role, grantedBy: `person/${person}@1` }],
  disabled,
});
const decided = (principal: Principal, command: PersonCommand) =>
  decidePerson(ana, { principal, anotherAdmin: () => true } as unknown as Facts, undefined, command);

const commands: PersonCommand[] = [
  { type: "person.grant", person: "ana", role: "supervisor" },
  { type: "person.revoke", person: "ana", role: "reviewer" },
  { type: "person.disable", person: "ana" },
  { type: "person.changePassword", person: "ana" },
  { type: "person.endSessions", person: "ana", session },
  { type: "person.unlinkIdentity", person: "ana", identity: account.identity },
  { type: "apiKey.create", person: "ana", apiKey: "another" },
  { type: "apiKey.revoke", person: "ana", apiKey: "shop" },
];
const oneself = ["person.changePassword", "person.endSessions", "person.unlinkIdentity"];

it.each(commands)("$type: an admin and an operator may, of others' accounts nobody else", (command) => {
  for (const allowed of [by("root", "admin"), { kind: "system", part: "operator" } as const])
    expect(decided(allowed, command)).toHaveLength(1);
  for (const refused of [
    by("ben", "reviewer"),
    by("sam", "supervisor"),
    by("ada", "auditor"),
    by("rita", "requester"),
    by("root", "admin", true),
    { kind: "system", part: "dispatcher" } as const,
  ])
    expect(decided(refused, command)).toMatchObject({
      rejected: true,
      authority: expect.any(String),
    });
});

it.each(commands)(
  "$type of one's own account: what is one's own to say, and nothing that gives rights",
  (command) => {
    expect(isRejection(decided(by("ana", "reviewer"), command))).toBe(!oneself.includes(command.type));
    expect(isRejection(decided(by("ana", "reviewer", true), command))).toBe(true);
  },
);

it.each([
  ["one", { session }],
  ["all but one", { except: session }],
  ["all", {}],
])("the end of sessions says which, and changes nothing a right hangs on: %s", (_, which) => {
  const drafts = decided(by("root", "admin"), { type: "person.endSessions", person: "ana", ...which });
  expect(drafts).toEqual([
    { type: "sessionsEnded", data: { session: undefined, except: undefined, ...which } },
  ]);
  const event = { type: "sessionsEnded", stream: "person/ana", version: 5, data: which } as never;
  expect(evolvePerson(ana, event)).toEqual({ ...ana, version: 5 });
});
