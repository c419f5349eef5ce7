import { expect, test } from "vitest";
import { isOwnOrigin } from "./origin";

test.each([
  ["http://127.0.0.1:3000", "127.0.0.1:3000", undefined],
  ["https://console.example", "console.example", undefined],
  ["https://console.example", "CONSOLE.example", undefined],
  ["https://console.example", "inside:3000", "https://console.example/"],
])("%s asked of %s (configured: %s) is our own page", (origin, host, address) => {
  expect(isOwnOrigin(origin, host, address)).toBe(true);
});

test.each([
  [null, "console.example", "https://console.example"],
  ["", "console.example", undefined],
  ["null", "console.example", undefined],
  ["https://evil.example", "console.example", "https://console.example"],
  ["https://console.example.evil.example", "console.example", undefined],
  ["https://console.example:8443", "console.example", "https://console.example"],
  ["http://console.example", "inside:3000", "https://console.example"],
  ["file://console.example", "console.example", undefined],
  ["https://console.example", null, undefined],
])("%s asked of %s (configured: %s) is not", (origin, host, address) => {
  expect(isOwnOrigin(origin, host, address)).toBe(false);
});
