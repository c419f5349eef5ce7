import { expect, test } from "vitest";
import { contentSecurityPolicy } from "./content-security-policy";

const directives = (secure: boolean) =>
  new Map(
    contentSecurityPolicy("n0nce", { secure })
      .split("; ")
      .map((directive) => [directive.split(" ", 1)[0], directive.split(" ").slice(1).join(" ")]),
  );

test("a script runs only with this answer's nonce, or loaded by one that has it", () => {
  expect(directives(true).get("script-src")).toBe("'self' 'nonce-n0nce' 'strict-dynamic'");
  expect(directives(true).get("style-src")).not.toContain("unsafe");
});

test("nobody puts a page into a frame, moves its base or sends its forms elsewhere", () => {
  for (const name of ["frame-ancestors", "base-uri", "object-src"])
    expect(directives(true).get(name)).toBe("'none'");
  expect(directives(true).get("form-action")).toBe("'self'");
});

test("only where the console is served over https are plain requests raised to it", () => {
  expect(directives(true).has("upgrade-insecure-requests")).toBe(true);
  expect(directives(false).has("upgrade-insecure-requests")).toBe(false);
});
