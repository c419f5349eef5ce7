import { expect, test } from "vitest";
import { timeZoneOf } from "./time-zone-cookie";

test.each(["Europe/London", "America/New_York", "Asia/Kolkata", "UTC"])("%s is a zone", (zone) => {
  expect(timeZoneOf(zone)).toBe(zone);
});

test.each([undefined, "", "Europe/Atlantis", "<script>", "x".repeat(5_000)])(
  "without a zone there is (%#), it is UTC",
  (value) => {
    expect(timeZoneOf(value)).toBe("UTC");
  },
);
