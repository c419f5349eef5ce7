import { expect, test } from "vitest";
import { mintActor, type Role } from "#lib/domain/authority";
import { checkPolicy, defaultPolicy, ruleSentence } from "#lib/domain/policy";
import { policyRules } from "./policy-rules";

const actor = (role: Role) =>
  mintActor({
    workspace: "main",
    type: "person",
    id: "ana",
    person: "ana",
    account: "ana",
    session: "ana",
    roles: [role],
  });

const lookalike = "0b8f6c2e-9d1a-8c3b-a2f4-5e6d7c8b9a01";

function ruleFor(role: Role, duplicate?: { order: string; businessKey: string }, exactly = true) {
  const results = checkPolicy(["possibleDuplicate@1"], {
    total: { amount: 5_000, currency: "GBP" },
    customerKnown: true,
    customer: { earlierOrders: 1, duplicate, asOf: 7 },
    parameters: defaultPolicy,
  }).map((result) => ({ ...result, sentence: ruleSentence(result) }));
  const policy = { reference: "policy/order-fulfilment@1", results };
  const [rule] = policyRules({ policy }, actor(role), { exactly });
  return rule;
}
const evidenceFor = (...asked: Parameters<typeof ruleFor>) => ruleFor(...asked)?.evidence ?? [];

test("an order that looks alike is called by its number, which leads to it", () => {
  const evidence = evidenceFor("reviewer", { order: lookalike, businessKey: "536366" });
  expect(evidence).toContainEqual({ label: "Order number", value: "536366", href: `/orders/${lookalike}` });
  expect(evidence.map(({ value }) => value)).not.toContain(lookalike);
});

test("who may not read every order is led nowhere", () => {
  const evidence = evidenceFor("requester", { order: lookalike, businessKey: "536366" });
  expect(evidence).toContainEqual({ label: "Order number", value: "536366", href: undefined });
});

test("where none looks alike no number stands there", () => {
  expect(evidenceFor("reviewer").map(({ label }) => label)).toEqual(["Within hours", "Up to position"]);
});

test("who decides is told what was found in their words; who follows it up, what was applied and how far was read", () => {
  expect(ruleFor("reviewer", undefined, false)).toMatchObject({ applied: undefined });
  expect(evidenceFor("reviewer", undefined, false).map(({ label }) => label)).toEqual(["Within hours"]);
  expect(ruleFor("auditor")).toMatchObject({ applied: "possibleDuplicate@1" });
});
