import { expect, test } from "vitest";
import { bearsSecret } from "./bearer";

const secret = "a secret that nobody guesses".replaceAll(" ", "-");

test("the secret is borne, whatever the case of the scheme", () => {
  expect(bearsSecret(`Bearer ${secret}`, secret)).toBe(true);
  expect(bearsSecret(`bearer ${secret}`, secret)).toBe(true);
});

test.each([
  null,
  "",
  "Bearer",
  "Bearer ",
  `Basic ${secret}`,
  secret,
  `Bearer ${secret}x`,
  `Bearer ${secret} x`,
])("%s bears it not", (header) => {
  expect(bearsSecret(header, secret)).toBe(false);
});
