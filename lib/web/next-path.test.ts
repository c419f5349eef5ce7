import { expect, test } from "vitest";
import { ownPath } from "./next-path";

test.each(["/", "/queue", "/orders/1?tab=2#x", "/audit?from=%2F"])("%s is a path of our own", (path) => {
  expect(ownPath(path)).toBe(path);
});

test.each([
  undefined,
  null,
  "",
  "queue",
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/..//evil.example",
  "javascript:alert(1)",
  "/sign-in?next=/sign-in",
])("%s leads to the start instead", (path) => {
  expect(ownPath(path)).toBe("/");
});
