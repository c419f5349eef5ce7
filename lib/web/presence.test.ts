import { beforeEach, expect, test } from "vitest";
import { Presence, sighting_ms, viewers_per_person_max } from "./presence";

let now_ms: number;
let told: [string, readonly string[]][];
let presence: Presence;
beforeEach(() => {
  now_ms = 1_000_000;
  told = [];
  presence = new Presence(
    (order, people) => told.push([order, people]),
    () => now_ms,
  );
});

const sees = (person: string, order: string | null, viewer = "tab") =>
  presence.see({ viewer, person, order });

test("who looks at an order is told once, and not each time it is said again", () => {
  sees("ben", "o1");
  sees("ana", "o1");
  sees("ben", "o1");
  expect(told).toEqual([
    ["o1", ["ben"]],
    ["o1", ["ana", "ben"]],
  ]);
  expect(presence.people("o1")).toEqual(["ana", "ben"]);
  expect(presence.people("o2")).toEqual([]);
});

test("going on to another order is leaving the first; two tabs are one person", () => {
  sees("ben", "o1", "left");
  sees("ben", "o1", "right");
  sees("ben", "o2", "left");
  expect(presence.people("o1")).toEqual(["ben"]);
  sees("ben", null, "right");
  expect(told).toEqual([
    ["o1", ["ben"]],
    ["o2", ["ben"]],
    ["o1", []],
  ]);
});

test("what is not said again in time is forgotten", () => {
  sees("ben", "o1");
  sees("ana", "o1");
  now_ms += sighting_ms - 1;
  sees("ana", "o1");
  presence.forget();
  expect(presence.people("o1")).toEqual(["ana", "ben"]);
  now_ms += 1;
  expect(presence.people("o1")).toEqual(["ana"]);
  told = [];
  presence.forget();
  presence.forget();
  expect(told).toEqual([["o1", ["ana"]]]);
});

test("a browser speaks for nobody but who is signed in there", () => {
  sees("ben", "o1", "same");
  sees("ana", "o2", "same");
  sees("ana", null, "same");
  expect(presence.people("o1")).toEqual(["ben"]);
});

test("nobody can fill the memory with views", () => {
  for (let n = 0; n <= viewers_per_person_max; n++) sees("ben", `o${n}`, `tab${n}`);
  expect(presence.people("o0")).toEqual([]);
  expect(presence.people("o1")).toEqual(["ben"]);
  expect(presence.people(`o${viewers_per_person_max}`)).toEqual(["ben"]);
});
