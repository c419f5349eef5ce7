import type { Guard } from "./guard";

/** Guards of what goes outside and of what comes back. */
const dispatcher = "lib/engine/dispatcher.ts";
const lane = "lib/engine/lane.ts";
const held = "lib/engine/held.db.test.ts";
const callback = "lib/effects/callback.ts";
const verification = "lib/effects/webhook-verification.ts";
const exchange = "lib/effects/http-exchange.ts";
const call = "lib/effects/http-call.test.ts";

export const outside: readonly Guard[] = [
  {
    name: "lease before the call",
    promise: "No call begins whose attempt another worker may have taken over by the time it ends",
    changes: [{ file: dispatcher, from: "if (left_ms < adapter.timeout_ms) return waitedTooLong;", to: "" }],
    test: {
      file: "lib/engine/workers.db.test.ts",
      name: "a worker slower than its lease > begins no call that another worker may begin too: the work is done once, by the other",
    },
  },
  {
    name: "same bytes",
    promise: "Every attempt sends what the first one sent, byte for byte",
    changes: [
      {
        file: dispatcher,
        from: "return JSON.parse(canonicalize(members));",
        to: "return JSON.parse(JSON.stringify(members));",
      },
    ],
    test: {
      file: "lib/engine/same-bytes.db.test.ts",
      name: "sends with every attempt what the first one sent, byte for byte, also after it was read from the log",
    },
  },
  {
    name: "head note, for what is due",
    promise: "From a log that was put back or copied nothing is attempted and nobody is asked",
    changes: [
      {
        file: dispatcher,
        from: "return missing === null ? this.connected : { byName: new Map(), missing };",
        to: "return this.connected;",
      },
    ],
    test: {
      file: held,
      name: "attempts nothing and asks nothing, while deadlines pass as ever; let go, it does what is due",
    },
  },
  {
    name: "head note, before the call",
    promise: "What waits for its turn is not sent any more once the process is held",
    changes: [{ file: dispatcher, from: "if (this.held() !== null) return heldBack;", to: "" }],
    test: {
      file: held,
      name: "begins no call that waited for its turn: its effect is INTENDED again, and not in doubt",
    },
  },
  {
    name: "head note, an older backup",
    promise: "A log that is shorter than it was is noticed",
    changes: [
      {
        file: "lib/engine/head-guard.ts",
        from: "if (note.head && (head === null || head.pos < note.head.pos))",
        to: "if (false && note.head)",
      },
      {
        file: "lib/engine/head-guard.ts",
        from: "if (note.head && seen.leafAtNote !== note.head.leaf)",
        to: "if (note.head && seen.leafAtNote !== null && seen.leafAtNote !== note.head.leaf)",
      },
    ],
    test: { file: "lib/engine/head-guard.test.ts", name: "nothing is sent from > a log that is shorter" },
  },
  {
    name: "head note, another history",
    promise: "A log that went on elsewhere is not taken for the one that was noted",
    changes: [
      {
        file: "lib/engine/head-guard.ts",
        from: "if (note.head && seen.leafAtNote !== note.head.leaf)",
        to: "if (false && note.head)",
      },
    ],
    test: {
      file: "lib/engine/head-guard.test.ts",
      name: "nothing is sent from > another history that is longer by now",
    },
  },
  {
    name: "head note, a copy",
    promise: "A copy of the database sends nothing while the original may",
    changes: [
      { file: "lib/engine/head-guard.ts", from: "if (note.installation !== installation)", to: "if (false)" },
    ],
    test: {
      file: "lib/engine/head-guard.test.ts",
      name: "nothing is sent from > another installation's note",
    },
  },
  {
    name: "dispatch that is paused",
    promise: "While dispatch is paused nothing is sent, by whichever process",
    changes: [{ file: "lib/engine/runtime.ts", from: "engine.stopped.dispatch ?", to: "false ?" }],
    test: {
      file: "lib/engine/switches.db.test.ts",
      name: "while dispatch is paused people decide, effects stay INTENDED without an attempt, and afterwards they are sent",
    },
  },
  {
    name: "breaker",
    promise: "An outside that does not answer is left alone",
    changes: [{ file: lane, from: "this.#closedAt_ms = now_ms;", to: "" }],
    test: {
      file: "lib/engine/lane.test.ts",
      name: "a circuit breaker > closes after five calls in a row without a clear answer",
    },
  },
  {
    name: "one call to try",
    promise: "An outside that was left alone is tried with one call, not with all that waited",
    changes: [
      {
        file: lane,
        from: 'const atOnce = standing === "trying" ? 1 : this.limits.concurrency_max;',
        to: "const atOnce = this.limits.concurrency_max;",
      },
    ],
    test: {
      file: "lib/engine/lane.test.ts",
      name: "a circuit breaker > tries with one call after it has cooled, and opens when that is answered",
    },
  },
  {
    name: "bounds of a lane",
    promise: "No more calls run at once than the outside can take",
    changes: [
      {
        file: lane,
        from: "return Math.max(0, Math.min(atOnce - this.running, this.#allowance(now_ms)));",
        to: "return Math.max(0, Math.min(atOnce, this.#allowance(now_ms)));",
      },
    ],
    test: { file: "lib/engine/lane.test.ts", name: "a lane > lets so many calls run at once" },
  },
  {
    name: "signature of a report",
    promise: "Nobody but the carrier reports for the carrier",
    changes: [
      {
        file: callback,
        from: "if (!isSignedBy(keys, message, signatures))",
        to: "if (!isSignedBy(keys, message, signatures) && signatures === '')",
      },
    ],
    test: { file: "lib/effects/callback.test.ts", name: "401 > forged with another secret" },
  },
  {
    name: "version of a signature",
    promise: "Who knows a connection's public key cannot sign with it as if it were a secret",
    changes: [
      {
        file: verification,
        from: `if (key.kind === "ed25519") return of("v1a").some(({ bytes }) => verify(null, message, key.key, bytes));
    const expected = createHmac("sha256", key.secret).update(message).digest();`,
        to: `const secret = key.kind === "hmac" ? key.secret : key.key.export({ format: "der", type: "spki" }).subarray(-32);
    const expected = createHmac("sha256", secret).update(message).digest();`,
      },
    ],
    test: {
      file: "lib/effects/callback.test.ts",
      name: "a connection's callback while keys are changed > a key counts for its own version: what is public is no shared secret",
    },
  },
  {
    name: "private key behind a signature",
    promise: "Only the holder of the private key reports for a connection that signs with Ed25519",
    changes: [{ file: verification, from: "verify(null, message, key.key, bytes)", to: "bytes.length > 0" }],
    test: {
      file: "lib/effects/callback.test.ts",
      name: "a connection's callback while keys are changed > is forged by another private key, and changed after signing",
    },
  },
  {
    name: "age of a report",
    promise: "A report that was overheard cannot be sent again later",
    changes: [
      {
        file: callback,
        from: "if (!(Math.abs(Number(timestamp) * 1000 - Date.parse(now)) <= tolerance_ms))",
        to: "if (false)",
      },
    ],
    test: { file: "lib/effects/callback.test.ts", name: "401 > a present that cannot be read" },
  },
  {
    name: "addresses that may be called",
    promise: "No name leads a call into this installation's own network",
    changes: [
      {
        file: "lib/effects/public-address.ts",
        from: "if (!mayCall(address))",
        to: "if (!mayCall(address) && false)",
      },
    ],
    test: { file: call, name: "where it may lead > a name for 169.254.169.254 is not called" },
  },
  {
    name: "pinned address",
    promise: "The address that was checked is the one that is called, whatever the name says a moment later",
    changes: [
      { file: exchange, from: ": connect({ host, port, lookup });", to: ": connect({ host, port });" },
    ],
    test: {
      file: call,
      name: "where it may lead > a name that leads elsewhere a moment later changes nothing: it is asked once a call, and the checked address is called",
    },
  },
  {
    name: "page of somebody else",
    promise: "Who signs in in another tab decides nothing by a page that was drawn for the person before",
    changes: [
      { file: "lib/web/action.ts", from: "if (drawnFor === actor.id) return null;", to: "return null;" },
    ],
    test: {
      file: "lib/web/action.test.ts",
      name: "a page drawn for somebody else does nothing in the name of who is signed in",
    },
  },
];
