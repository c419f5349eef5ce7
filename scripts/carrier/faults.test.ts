import { expect, test } from "vitest";
import { Faults, faultKinds } from "./faults";

test("by chance: never at a rate of 0; at 1 always, and each kind that speaks of the carrier itself", () => {
  const take = (failureRate: number) => {
    const faults = new Faults(failureRate);
    return new Set(Array.from({ length: 2_000 }, () => faults.take("/dispatches")));
  };
  expect(take(0)).toEqual(new Set([undefined]));
  const refusals = ["rejected", "refuseProof"];
  expect(take(1)).toEqual(new Set(faultKinds.filter((kind) => !refusals.includes(kind))));
});

test("ordered: the oldest that fits, as often as ordered", () => {
  const faults = new Faults(0);
  faults.order({ kind: "refuseProof", times: 1 });
  faults.order({ kind: "tooMany", times: 1, path: "/dispatches" });
  faults.order({ kind: "unavailable", times: 2 });
  const paths = ["/dispatches", "/dispatches", "/proofs-of-delivery", "/proofs-of-delivery", "/dispatches"];
  expect(paths.map((path) => faults.take(path))).toEqual([
    "tooMany",
    "unavailable",
    "refuseProof",
    "unavailable",
    undefined,
  ]);
});
