import { expect, test } from "vitest";
import { hashPassword, passwordFits, passwordProblem } from "./password";

test("a password fits its own hash and no other", async () => {
  const kept = await hashPassword("correct horse battery");
  expect(await passwordFits(kept, "correct horse battery")).toBe(true);
  expect(await passwordFits(kept, "correct horse batterz")).toBe(false);
  expect(await hashPassword("correct horse battery")).not.toBe(kept);
});

test("nobody's hash fits no password, not even its own", async () => {
  expect(await passwordFits(null, "nobody's password, which fits nobody")).toBe(false);
  expect(await passwordFits("no hash at all", "anything")).toBe(false);
});

test("short and endless passwords are refused with a sentence", () => {
  expect(passwordProblem("eleven char")).toMatch("at least 12");
  expect(passwordProblem("twelve chars")).toBeNull();
  expect(passwordProblem("x".repeat(201))).toMatch("at most 200");
});

test("a password that is among the first to be guessed is refused with what would be better", () => {
  expect(passwordProblem("password1234")).toMatch("four words");
});

test("any characters will do, in any mixture, up to a phrase", () => {
  for (const password of [
    "nothing but small letters",
    "ГОЛУБЬ на крыше",
    "🚲🚲🌧️🎺🍋🧊🚲🚲🦉🪁🧵🪐",
    "839201748263",
    "  spaces  at  both  ends  ",
    "x".repeat(30) + "and then a vellum kite".repeat(5),
  ])
    expect(passwordProblem(password), password).toBeNull();
});
