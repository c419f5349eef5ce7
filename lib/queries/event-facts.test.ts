import { expect, test } from "vitest";
import type { RecordedEvent } from "#lib/domain/events";
import { factsOf } from "./event-facts";

test("a number written from right to left is told after its source", () => {
  const fromOf = (businessKey: string) =>
    factsOf({
      type: "orderReceived",
      data: { workflow: { name: "order-fulfilment", version: 1, hash: "ab" }, source: "shop", businessKey },
    } as RecordedEvent).find(({ label }) => label === "From");
  expect(fromOf("WS-417")).toEqual({ label: "From", value: "shop, number WS-417" });
  expect(fromOf("א-12")).toEqual({ label: "From", value: "shop, number \u2068א-12\u2069" });
});
