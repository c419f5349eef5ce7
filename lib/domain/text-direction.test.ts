import { describe, expect, test } from "vitest";
import { type Command, commandSchema } from "./commands";
import { ruleSentence } from "./policy";
import { isolated, turnsWriting } from "./text-direction";

const controls = [..."\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069"];
const hebrew = "שלום 12";

describe("a part of a line", () => {
  test.each(["A. Mason", "O’Neill & Söhne", "田中商店", "WS-2026/17", "e\u0301 \u200E👩\u200D🚀", ""])(
    "that turns nothing is as it was: %s",
    (text) => expect(isolated(text)).toBe(text),
  );

  test.each([hebrew, "متجر", "A\u200F1", "\u{1E900}\u{1E901}"])(
    "with letters from the right is shut in: %s",
    (text) => expect(isolated(text)).toBe(`\u2068${text}\u2069`),
  );

  test("cannot get out of what it is shut in by its own characters", () => {
    for (const control of controls) expect(isolated(`1-${control}SEYE`)).toBe("\u20681-SEYE\u2069");
    expect(isolated("a\u2069\u202Eb")).toBe("\u2068ab\u2069");
  });
});

test("a number that is named in the reason for a review leaves the reason as it is", () => {
  const evidence = { businessKey: "\u202E12-א", within_hours: 24 };
  expect(ruleSentence({ rule: "possibleDuplicate@1", result: "review", evidence })).toBe(
    "Looks like order \u206812-א\u2069: same customer and total within 24 hours",
  );
});

describe("what identifies", () => {
  const receive = {
    type: "order.receive",
    workflow: "order-fulfilment@1",
    source: "shop",
    businessKey: "A-1",
    requestedBy: "rita",
    total: { amount: 1, currency: "GBP" },
  };
  const person = { type: "person.add", person: "eve", email: "eve@example.com", roles: ["reviewer"] };
  const line = { quantity: 1, unitPrice: 1 };
  const texts: [field: string, command: (text: string) => object][] = [
    ["businessKey", (text) => ({ ...receive, businessKey: text })],
    ["customer.reference", (text) => ({ ...receive, customer: { reference: text } })],
    ["customer.name", (text) => ({ ...receive, customer: { name: text } })],
    ["lines.0.sku", (text) => ({ ...receive, lines: [{ ...line, sku: text }] })],
    ["name", (text) => ({ ...person, name: text })],
  ];
  const problemsOf = (command: object) =>
    commandSchema
      .safeParse(command as Command)
      .error?.issues.map(({ path, message }) => [path.join("."), message]) ?? [];

  test.each(texts)(
    "is refused by its field when it changes the direction of writing: %s",
    (field, command) => {
      for (const control of controls)
        expect(problemsOf(command(`1-${control}SEYE`))).toEqual([
          [field, "holds characters that change the direction of writing"],
        ]);
    },
  );

  test.each(texts)("may be written from right to left: %s", (_, command) =>
    expect(problemsOf(command(hebrew))).toEqual([]),
  );

  test("is told apart from what is only said, which is taken as it was written", () => {
    expect(problemsOf({ ...receive, note: `He wrote \u202E${hebrew}\u202C` })).toEqual([]);
    expect(turnsWriting(hebrew)).toBe(false);
  });
});
