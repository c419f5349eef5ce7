import { expect, test } from "vitest";
import { openAttachment, sealAttachment } from "./attachment";
import { subjectKeys } from "./envelope";

const keys = subjectKeys("main", "order/1", Buffer.alloc(32, 1));
const nonce = Buffer.alloc(12, 2);
const content = Buffer.from("a signed delivery note");
const { kept, hash } = sealAttachment(keys, "main", content, nonce);

test("a file is kept as it always was: the vector does not change", () => {
  expect(kept.toString("hex")).toBe(vector.kept);
  expect(hash).toBe(vector.hash);
  expect(openAttachment(keys, "main", Buffer.from(vector.kept, "hex"), vector.hash)).toEqual(content);
});

test("nothing of what it says is in what is kept", () => {
  expect(kept.includes("delivery")).toBe(false);
});

test("a file that was changed, moved to another order or workspace, or is another one is not opened", () => {
  const changed = Buffer.from(kept);
  changed[20]! ^= 1;
  const elsewhere = subjectKeys("main", "order/2", Buffer.alloc(32, 1));
  expect(() => openAttachment(keys, "main", changed, hash)).toThrow("not the one that was attached");
  expect(() => openAttachment(elsewhere, "main", kept, hash)).toThrow("does not belong");
  expect(() => openAttachment(keys, "other", kept, hash)).toThrow("does not belong");
  expect(() => openAttachment(keys, "main", kept, "0".repeat(64))).toThrow("not the one that was attached");
});

const vector = {
  kept: "020202020202020202020202e30ee109afdd583274fd76d3edfcb6940a8f5437e168ae8fa630bbb11da6e92488dc66cc79f5",
  hash: "f3082299a2995eb4f8cc25ffb5feb92810eda273b42be6fd0dd1880b0b3308b2",
};
