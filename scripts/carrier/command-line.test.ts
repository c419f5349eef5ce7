import { expect, test } from "vitest";
import { readCommandLine } from "./command-line";

const needed = [
  "--port",
  "0",
  "--store",
  "s",
  "--callback-url",
  "http://h/c",
  "--webhook-secret",
  "whsec_AAAA",
];

test("the needed arguments, and what the others are without a word", () => {
  expect(readCommandLine(needed)).toEqual({
    port: 0,
    store: "s",
    mode: "honours-key",
    callback: { url: "http://h/c", webhookSecret: "whsec_AAAA" },
    latency_ms: undefined,
    failureRate: 0,
    callbackDelay_ms: undefined,
    callbackOrder: "after",
    callbackRepeat: 1,
  });
});

test("ranges, one number standing for both ends", () => {
  const read = readCommandLine([...needed, "--latency-ms", "5-20", "--callback-delay-ms", "100"]);
  expect(read).toMatchObject({ latency_ms: [5, 20], callbackDelay_ms: [100, 100] });
});

test.each([
  ["port", "70000"],
  ["port", "x"],
  ["webhook-secret", "secret"],
  ["callback-url", "ftp://h"],
  ["latency-ms", "20-5"],
  ["failure-rate", "1.5"],
  ["callback-order", "never"],
  ["callback-repeat", "0"],
  ["mode", "honoursKey"],
])("--%s %s is named", (name, value) => {
  expect(() => readCommandLine([...needed, `--${name}`, value])).toThrow(`--${name} is`);
});

test("a missing argument and an unknown one are named with the usage", () => {
  expect(() => readCommandLine(needed.slice(2))).toThrow(/--port is missing\nusage/);
  expect(() => readCommandLine([...needed, "--colour", "red"])).toThrow(/--colour/);
});
