import { expect, test } from "vitest";
import type { QueueCut } from "./queue";
import { cutAsked, cutName, cutNamed, cutProblems, cutQuery } from "./queue-cut";

const cuts: QueueCut[] = [
  { view: "all" },
  { view: "breached" },
  { view: "all", reason: "limit@1" },
  { view: "atRisk", reason: "firstTimeCustomer@1", claimedBy: "ana" },
  { view: "waiting", claimedBy: "p-1:x~y" },
  { view: "all", amount: { currency: "GBP" } },
  { view: "mine", reason: "limit@1", amount: { currency: "GBP", from_minor: 125_050, to_minor: 200_000 } },
  { view: "all", amount: { currency: "HUF", to_minor: 1_00 } },
  { view: "all", amount: { currency: "JPY", from_minor: 0, to_minor: 0 } },
  { view: "all", sort: "largest" },
  { view: "breached", reason: "limit@1", sort: "oldest" },
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
  "amountFrom=5",
  "currency=GBP&amountFrom=5.00",
  "currency=GBP&amountFrom=1%2C000",
  "currency=GBP&amountFrom=9&amountTo=5",
  "currency=GBP&amountTo=many",
  "currency=gbp",
  "sort=due",
])("a job for many takes %o for no cut, and not for everything", (name) => expect(cutNamed(name)).toBeNull());

test("amounts are read as people write them, in the units of their currency", () => {
  const amount = (currency: string, amountFrom: string, amountTo = "") =>
    cutAsked({ currency, amountFrom, amountTo }).amount;
  expect(amount("GBP", " 1,250.5 ", "2000")).toEqual({
    currency: "GBP",
    from_minor: 125_050,
    to_minor: 200_000,
  });
  expect(amount("JPY", "1,250")).toEqual({ currency: "JPY", from_minor: 1_250 });
  expect(amount("KWD", "1.234")).toEqual({ currency: "KWD", from_minor: 1_234 });
  expect(cutProblems({ currency: "GBP", amountFrom: "5", amountTo: "5" })).toEqual({});
  expect(cutProblems({ currency: "GBP", amountFrom: " ", amountTo: "" })).toEqual({});
});

test.each([
  [{ amountFrom: "100" }, { currency: "Choose the currency the amount is in." }, undefined],
  [{ currency: "XXX", amountTo: "100" }, { currency: "Choose the currency the amount is in." }, undefined],
  [
    { currency: "GBP", amountFrom: "lots", amountTo: "5" },
    { amountFrom: "This is no amount in GBP. Write it as 1250.50." },
    { currency: "GBP", to_minor: 500 },
  ],
  [
    { currency: "JPY", amountTo: "1.5" },
    { amountTo: "This is no amount in JPY. Write it as 1250." },
    { currency: "JPY" },
  ],
  [
    { currency: "GBP", amountFrom: "-5" },
    { amountFrom: "This is no amount in GBP. Write it as 1250.50." },
    { currency: "GBP" },
  ],
  [
    { currency: "GBP", amountFrom: "10", amountTo: "5" },
    { amountTo: "This is less than the £10.00 the amounts begin at." },
    { currency: "GBP" },
  ],
] as const)(
  "what of %o nobody could mean is told at its field, and the rest counts",
  (asked, problems, amount) => {
    expect(cutProblems(asked)).toEqual(problems);
    expect(cutAsked(asked)).toEqual({ view: "all", ...(amount && { amount }) });
  },
);
