import { describe, expect, test } from "vitest";
import { BodyError, body_bytes_max, decodeBody, type EventBody, encodeBody, leafOf } from "./body";
import { canonicalize, type Json } from "./canonical";
import { type EffectIdentity, effectKey } from "./effect-key";
import {
  type EnvelopePlace,
  openEnvelope,
  sealEnvelope,
  subjectKeys,
  unwrapDataKey,
  wrapDataKey,
} from "./envelope";
import { definitionHash, evidenceHash } from "./evidence";
import golden from "./golden.json";
import { blindIndex, commandMac, orderId, workspaceKeys } from "./keys";

const keys = workspaceKeys(golden.keys.workspace, {
  workspaceKey: Buffer.from(golden.keys.workspaceKey, "hex"),
  identityKey: Buffer.from(golden.keys.identityKey, "hex"),
});

describe("the golden vectors hold for ever", () => {
  test.each(golden.bodies)(
    "body of version $body.version gives its text and its leaf",
    ({ body, text, leaf }) => {
      expect(encodeBody(body as unknown as EventBody)).toBe(text);
      expect(decodeBody(Buffer.from(text))).toEqual(body);
      expect(leafOf(text)).toBe(leaf);
    },
  );

  test("a second version names the leaf of the first", () => {
    expect(golden.bodies[1]!.body.prevHash).toBe(golden.bodies[0]!.leaf);
  });

  test.each(golden.effectKeys)("effect key of issue $identity.issue", ({ identity, key }) => {
    expect(effectKey(identity as EffectIdentity)).toBe(key);
  });

  test("evidence and definition hashes", () => {
    expect(evidenceHash(golden.evidence.shown)).toBe(golden.evidence.hash);
    expect(definitionHash(golden.definition.definition)).toBe(golden.definition.hash);
  });

  test("keyed hashes and the order id", () => {
    expect(commandMac(keys, golden.keys.commandMac.principal, golden.keys.commandMac.content)).toBe(
      golden.keys.commandMac.mac,
    );
    expect(orderId(keys, golden.keys.orderId.source, golden.keys.orderId.businessKey)).toBe(
      golden.keys.orderId.id,
    );
    expect(blindIndex(keys, golden.keys.blindIndex.field, golden.keys.blindIndex.value)).toBe(
      golden.keys.blindIndex.index,
    );
  });

  test.each(golden.envelopes)(
    "envelope of $place.type",
    ({ dataKey, place, content, nonce, envelope, wrapped }) => {
      const data = Buffer.from(dataKey, "hex");
      const subject = subjectKeys("main", envelope.subject, data);
      expect(
        sealEnvelope(
          subject,
          place as EnvelopePlace,
          content as Record<string, Json>,
          Buffer.from(nonce, "hex"),
        ),
      ).toEqual(envelope);
      expect(openEnvelope(subject, place, envelope as never)).toEqual(content);
      const bytes = wrapDataKey(keys, envelope.subject, data, Buffer.from(wrapped.nonce, "hex"));
      expect(bytes.toString("base64url")).toBe(wrapped.base64url);
      expect(unwrapDataKey(keys, envelope.subject, bytes).equals(data)).toBe(true);
    },
  );
});

describe("what is not a body is refused by name", () => {
  const body = golden.bodies[0]!.body as unknown as EventBody;
  const changed = (change: object) => () => encodeBody({ ...body, ...change } as EventBody);

  test.each([
    ["an unknown member", { extra: 1 }, "extra"],
    ["another format version", { v: 2 }, "v"],
    ["a hash in version 1", { prevHash: golden.bodies[0]!.leaf }, "prevHash"],
    ["no hash in version 2", { version: 2 }, "prevHash"],
    ["an unknown kind of stream", { stream: "invoice/1" }, "stream"],
    ["a time without milliseconds", { recordedAt: "2026-11-22T09:30:00Z" }, "recordedAt"],
    ["a day that does not exist", { occurredAt: "2026-02-30T09:30:00.000Z" }, "occurredAt"],
    [
      "an upper-case mac",
      { command: { ...body.command, mac: body.command.mac.toUpperCase() } },
      "command.mac",
    ],
    ["a fraction", { data: { amount: 1.5 } }, "/data/amount"],
    ["an unsafe integer", { data: { amount: 2 ** 53 } }, "/data/amount"],
    ["a lone surrogate", { data: { note: "\ud800" } }, "/data/note"],
    ["U+0000", { data: { note: "a\u0000" } }, "/data/note"],
    ["61 KiB", { data: { note: "x".repeat(61 * 1024) } }, String(body_bytes_max)],
  ])("%s", (_name, change, named) => {
    expect(changed(change)).toThrow(named);
  });

  test.each(golden.refused)("a text with $why is not read", ({ text }) => {
    expect(() => decodeBody(Buffer.from(text))).toThrow(BodyError);
  });
});

test.each([
  ["a visit as text", { visit: "1" }],
  ["visit 0", { visit: 0 }],
  ["a stream in place of the order", { order: "order/1" }],
  ["no effect", { effect: "" }],
])("an effect key is not made from %s", (_name, change) => {
  expect(() => effectKey({ ...golden.effectKeys[0]!.identity, ...change } as EffectIdentity)).toThrow(
    TypeError,
  );
});

describe("an envelope opens in its own place only", () => {
  const { dataKey, place, envelope } = golden.envelopes[0]!;
  const subject = subjectKeys("main", envelope.subject, Buffer.from(dataKey, "hex"));

  test.each([
    ["another stream", { ...place, stream: "order/other" }],
    ["another type", { ...place, type: "orderAmended" }],
    ["another workspace", { ...place, workspace: "other" }],
  ])("%s is refused", (_name, other) => {
    expect(() => openEnvelope(subject, other, envelope as never)).toThrow("does not belong");
  });

  test("another key is refused before anything is decrypted", () => {
    const other = subjectKeys("main", envelope.subject, Buffer.alloc(32, 9));
    expect(() => openEnvelope(other, place, envelope as never)).toThrow("does not belong");
  });

  test("a changed ciphertext is refused", () => {
    const ct = Buffer.from(envelope.ct, "base64url");
    ct[0]! ^= 1;
    expect(() =>
      openEnvelope(subject, place, { ...envelope, ct: ct.toString("base64url") } as never),
    ).toThrow("changed");
  });

  test("another workspace key does not unwrap", () => {
    const other = workspaceKeys("main", {
      workspaceKey: Buffer.alloc(32, 1),
      identityKey: Buffer.alloc(32, 1),
    });
    const wrapped = Buffer.from(golden.envelopes[0]!.wrapped.base64url, "base64url");
    expect(() => unwrapDataKey(other, envelope.subject, wrapped)).toThrow("workspace key");
  });
});

test("members are ordered by UTF-16 code units as in RFC 8785, appendix of section 3.2.3", () => {
  expect(
    canonicalize({ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 }),
  ).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
});
