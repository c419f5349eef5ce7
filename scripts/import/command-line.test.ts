import { expect, test } from "vitest";
import { readCommandLine } from "./command-line";

const whole = ["--live", "in/orders.csv", "--map", "m.json", "--source", "shop", "--requested-by", "rita"];

test("what is not said has a default, the refusals stand beside the file", () => {
  expect(readCommandLine(whole)).toEqual({
    mode: "live",
    file: "in/orders.csv",
    map: "m.json",
    source: "shop",
    requestedBy: "rita",
    workflow: "order-fulfilment@1",
    refusals: "in/orders.refusals.csv",
    concurrency: 256,
  });
  expect(readCommandLine([...whole, "--refusals", "r.csv", "--concurrency", "8"])).toMatchObject({
    refusals: "r.csv",
    concurrency: 8,
  });
});

test.each([
  [["orders.csv"], "Say one of --live and --past."],
  [["--past", ...whole], "Say one of --live and --past."],
  [["--past", "--map", "m.json"], "The file to import is missing."],
  [[...whole, "more.csv"], "One file at a time: more.csv is too much."],
  [["--past", "orders.csv", "--map", "m.json"], "--source is missing."],
  [[...whole, "--source", "The Shop"], "--source The Shop: must be lower-case letters"],
  [[...whole, "--concurrency", "0"], "--concurrency is a whole number from 1 to 10000."],
  [[...whole, "--fast"], "Unknown option '--fast'"],
])("%j is refused with the usage", (args, message) => {
  expect(() => readCommandLine(args)).toThrow(message);
  expect(() => readCommandLine(args)).toThrow("usage: npm run import");
});
