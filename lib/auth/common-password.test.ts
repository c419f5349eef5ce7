import { expect, test } from "vitest";
import { isCommonPassword } from "./common-password";

test.each([
  "passwordpassword",
  "Password12345",
  "P@ssw0rd1234",
  "iloveyou1234",
  "qwertyuiop12",
  "qwertyuiop[]",
  "1q2w3e4r5t6y",
  "1qaz2wsx3edc",
  "zaq12wsxcde3",
  "123456789012",
  "987654321098",
  "147258369147",
  "112233445566",
  "aaaaaaaaaaaa",
  "abc123abc123",
  "abcdefghijkl",
  "asdfghjkl;'1",
  "x7!x7!x7!x7!",
  "Liverpool1892!",
  "charlie.31121990",
  "19901231-1990",
  "Summer2026!!",
  "letmein-letmein",
  "jessica & daniel",
  "m0nk3y...dr4g0n",
])("%s is among the first that are guessed", (password) => {
  expect(isCommonPassword(password)).toBe(true);
});

test.each(["holdpoint-demo", "Holdpoint2026", "reviewer4321", "Order Queue 12", "supervisor!!"])(
  "%s is made of this console's own words",
  (password) => {
    expect(isCommonPassword(password)).toBe(true);
  },
);

test.each([
  "correct horse battery",
  "a password of her own",
  "monkey football sunshine dragon",
  "unglazed tractor",
  "nv7Kq2_x-Wb04Tz",
  "7f3c1c0a-8f9e-4b55-9d1c-0c5f2f7f9a11",
  "password Xylem 12",
  "грибной дождь",
  "#%^&*$!@~(){",
  "83-92=01+74_82'63",
  "password #%^&*$ 83920174",
])("%s is somebody's own", (password) => {
  expect(isCommonPassword(password)).toBe(false);
});

test("the longest password is judged at once", () => {
  const begun = performance.now();
  expect(isCommonPassword(`${"password1!".repeat(19)}-vellum`)).toBe(false);
  expect(performance.now() - begun).toBeLessThan(500);
});
