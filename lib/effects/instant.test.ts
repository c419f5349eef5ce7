import { expect, test } from "vitest";
import { carrierAdapters } from "./carrier";
import { instantAdapters } from "./instant";

const signal = new AbortController().signal;

test("they stand in for the carrier's adapters by name", () => {
  const names = carrierAdapters({ url: "http://127.0.0.1:1" }).map(({ name }) => name);
  expect(instantAdapters().map(({ name }) => name)).toEqual(names);
});

test.each(instantAdapters())("$name confirms at once, the same for the same key only", async (adapter) => {
  const first = await adapter.perform({}, "key-1", signal);
  expect(first).toMatchObject({ kind: "confirmed" });
  const again = instantAdapters().find(({ name }) => name === adapter.name)!;
  expect(await again.perform({}, "key-1", signal)).toEqual(first);
  expect(await adapter.perform({}, "key-2", signal)).not.toEqual(first);
});
