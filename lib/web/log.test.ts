import { expect, test } from "vitest";
import { log, loggedError } from "./log";

test("an error is written with its kind and where it came from, and without what its message quotes", () => {
  const error = Object.assign(new TypeError('no order of "Ada Byron"\n    at Ockham Park:1'), {
    code: "22P02",
  });
  const written = loggedError(error, false);
  expect(written).toMatchObject({ name: "TypeError", code: "22P02" });
  expect(written.at[0]).toContain("log.test.ts");
  expect(JSON.stringify(written)).not.toMatch(/Byron|Ockham/);
  expect(loggedError(error, true).message).toContain("Byron");
});

test("whatever else is thrown is written by its kind alone, and so is a code that is no code", () => {
  expect(loggedError("Ada Byron", true)).toEqual({ name: "string", at: [] });
  const strange = Object.assign(new Error("x"), { code: "Ada Byron, Ockham" });
  expect(loggedError(strange, false)).not.toHaveProperty("code");
});

test("in tests nothing is logged", () => {
  expect(log().isLevelEnabled("error")).toBe(false);
});
