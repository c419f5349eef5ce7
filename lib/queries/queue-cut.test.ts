import { expect, test } from "vitest";
import type { QueueCut } from "./queue";
import { cutAsked, cutName, cutNamed, cutQuery } from "./queue-cut";

const cuts: QueueCut[] = [
  { view: "all" },
  { view: "breached" },
  { view: "all", reason: "limit@1" },
  { view: "atRisk", reason: "firstTimeCustomer@1", claimedBy: "ana" },
  { view: "waiting", claimedBy: "p-1:x~y" },
];

test.each(cuts)("%o is the same cut behind its name and in its address", (cut) => {
  expect(cutNamed(cutName(cut))).toEqual(cut);
  expect(cutAsked(Object.fromEntries(new URLSearchParams(cutQuery(cut))))).toEqual(cut);
});

test("the address of everything has no search part", () => {
  expect(cutQuery({ view: "all" })).toBe("");
  expect(cutQuery({ view: "mine" })).toBe("view=mine");
});

test("in an address what means nothing leaves everything", () => {
  expect(cutAsked({ view: "other", reason: "nothing@9", claimedBy: "a b" })).toEqual({ view: "all" });
});

test.each([
  "",
  "other",
  "view=mine",
  "reason=nothing%409",
  "reason=limit%401&claimedBy=a+b",
  "reason=limit@1",
  "reason=limit%401&more=1",
])("a job for many takes %o for no cut, and not for everything", (name) => expect(cutNamed(name)).toBeNull());
