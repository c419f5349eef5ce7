import type { Guard } from "./guard";

/** Guards of what is decided: pure, each with a test that needs no database. */
const task = "lib/domain/decide-task.ts";
const effect = "lib/domain/decide-effect.ts";
const order = "lib/domain/decide-order.ts";
const life = "lib/domain/order-fulfilment.test.ts";
const effects = "lib/domain/effects.test.ts";
const table = "lib/domain/task-table.test.ts";

export const deciding: readonly Guard[] = [
  {
    name: "exclusion",
    promise: "Who changed or handed in an order does not decide it, whatever roles there are",
    changes: [
      {
        file: task,
        from: "if (task.excluded.includes(principal.person))",
        to: "if (task.excluded.includes(principal.person) && principal.person === state.requestedBy)",
      },
    ],
    test: {
      file: table,
      name: "task.decide > is answered to the changedIt as the table says, in every state",
    },
  },
  {
    name: "exclusion before role",
    promise: "Who is excluded is told so before any role is looked at, an administrator too",
    changes: [
      {
        file: task,
        from: "if (task.excluded.includes(principal.person))",
        to: "if (task.excluded.includes(principal.person) && principal.grants.some(({ role }) => task.roles.includes(role)))",
      },
    ],
    test: {
      file: table,
      name: "task.decide > is answered to the requester as the table says, in every state",
    },
  },
  {
    name: "right before state",
    promise: "Who has no right learns nothing of the state of a task by trying",
    changes: [
      {
        file: task,
        from: "if (isRejection(authority) && (held || authority.authority)) return authority;",
        to: "if (held && verb !== 'withdraw' && !statesFor[verb].includes(held.status)) return reject('wrongState', held.status);\n  if (isRejection(authority) && (held || authority.authority)) return authority;",
      },
    ],
    test: {
      file: table,
      name: "task.decide > is answered to the auditor as the table says, in every state",
    },
  },
  {
    name: "own request",
    promise: "Nobody decides an order they asked for",
    changes: [
      {
        file: "lib/domain/order.ts",
        from: "const people = [requestedBy, handedInBy, lastAmendedBy]",
        to: "const people = [handedInBy, lastAmendedBy].map((person) => (person === requestedBy ? null : person))",
      },
    ],
    test: {
      file: life,
      name: "a verdict > by who asked for the order, handed it in or changed it is refused, whatever other roles there are",
    },
  },
  {
    name: "own order to amend",
    promise: "Only who asked for an order changes it",
    changes: [
      {
        file: order,
        from: 'if (principal.kind !== "person" || principal.person !== state.requestedBy)',
        to: 'if (principal.kind !== "person")',
      },
    ],
    test: { file: life, name: "sent back > is changed by who asked for it, and by nobody else" },
  },
  {
    name: "disabled account",
    promise: "A disabled account decides nothing, whatever roles it still has",
    changes: [
      {
        file: task,
        from: 'if (principal.disabled) return refuse("disabled", "This account is disabled.", people(task.roles));',
        to: "",
      },
    ],
    test: {
      file: table,
      name: "task.decide > is answered to the disabled as the table says, in every state",
    },
  },
  {
    name: "evidence at the decision",
    promise: "A verdict counts only for exactly what was shown",
    changes: [
      { file: task, from: "if (command.evidence !== evidenceOf(state, held.step))", to: "if (false)" },
    ],
    test: { file: life, name: "a verdict > on something else than what is there now is stale" },
  },
  {
    name: "evidence before the effect",
    promise: "What changed between the verdict and what it sets off is not dispatched",
    changes: [
      {
        file: task,
        from: "if (decision.evidence !== evidenceOf(progress.state, task.step)) {",
        to: "if (false) {",
      },
    ],
    test: {
      file: life,
      name: "the undo window > does nothing on an order that is no longer what was approved",
    },
  },
  {
    name: "undo by version",
    promise: "A verdict can be taken back until it is settled, whatever a clock says",
    changes: [
      {
        file: task,
        from: 'if (!decision || task.status !== "COMPLETED")',
        to: 'if (!decision || task.status !== "COMPLETED" || decision.effectiveAt <= facts.now)',
      },
    ],
    test: {
      file: life,
      name: "the undo window > holds until the decision is settled, whatever the clock says",
    },
  },
  {
    name: "undo window",
    promise: "Nothing follows from a verdict before its time to undo is over",
    changes: [{ file: task, from: " || task.decision.effectiveAt > facts.now)", to: ")" }],
    test: { file: life, name: "the undo window > moves the task and nothing else" },
  },
  {
    name: "each deadline once",
    promise: "A deadline brings in the supervisors once, however often it is noticed",
    changes: [
      { file: task, from: "if (task.rungsFired >= command.rung) return nothingToDo();", to: "" },
      {
        file: task,
        from: "if (task.rungsFired > 0 || !breachIsDue(task.clock, now)) return;",
        to: "if (!breachIsDue(task.clock, now)) return;",
      },
      {
        file: "lib/domain/sla.ts",
        from: 'clock.state === "running" && clock.breachedAt === undefined && clock.breachAt <= at',
        to: 'clock.state === "running" && clock.breachAt <= at',
      },
    ],
    test: {
      file: life,
      name: "a deadline > brings in the supervisors once, late or not, and decides nothing",
    },
  },
  {
    name: "machines decide nothing",
    promise: "No part of the system decides an order",
    changes: [
      {
        file: task,
        from: 'if (principal.kind !== "person")\n    return refuse("role", `A machine may not',
        to: 'if (principal.kind !== "person") return { role: "reviewer", grantedBy: "" };\n  if (principal.kind !== "person")\n    return refuse("role", `A machine may not',
      },
    ],
    test: { file: table, name: "task.decide > is answered to the machine as the table says, in every state" },
  },
  {
    name: "other content",
    promise: "An order that is received again with other content is refused, naming what differs",
    changes: [{ file: order, from: "return differs.length === 0\n", to: "return differs.length >= 0\n" }],
    test: {
      file: life,
      name: "handing in > of the same order again is recognised, and of another content is refused naming the fields",
    },
  },
  {
    name: "fence of an attempt",
    promise:
      "An attempt is begun by whoever comes for what is due now, and by nobody who comes for what was due before",
    changes: [
      {
        file: effect,
        from: 'if (!waiting || !due || command.since !== effect.dueSince)\n        return reject("stale", "Somebody else has begun',
        to: 'if (!waiting || !due)\n        return reject("stale", "Somebody else has begun',
      },
    ],
    test: {
      file: effects,
      name: "an attempt > begins once: whoever comes second, early or for what is no longer due is too late",
    },
  },
  {
    name: "no attempt while one is under way",
    promise: "Nobody begins an attempt while another one has its lease",
    changes: [
      {
        file: effect,
        from: 'const waiting = effect.status === "INTENDED" || (effect.status === "IN_DOUBT" && !effect.probing);',
        to: 'const waiting = effect.status !== "CONFIRMED";',
      },
      {
        file: effect,
        from: "const due = effect.dueAt !== null && effect.dueAt <= facts.now;",
        to: "const due = true;",
      },
    ],
    test: {
      file: effects,
      name: "an attempt > begins once: whoever comes second, early or for what is no longer due is too late",
    },
  },
  {
    name: "lease before doubt",
    promise: "Nobody calls an attempt doubtful while its lease lasts, or after it was answered",
    changes: [{ file: effect, from: "        attempt.leaseUntil > facts.now\n", to: "        false\n" }],
    test: {
      file: effects,
      name: "doubt > is what an attempt without an answer is in once its lease is over, and it is asked again under the same key",
    },
  },
  {
    name: "answer of an earlier attempt",
    promise: "A late refusal of one attempt says nothing of the one that is under way",
    changes: [{ file: effect, from: "const late = attempt < effect.attempts;", to: "const late = false;" }],
    test: {
      file: effects,
      name: "an answer > of an earlier attempt is heard while a later one is under way",
    },
  },
  {
    name: "doubt outlives a refusal",
    promise: "A refusal of one attempt does not settle another one whose answer never came",
    changes: [
      {
        file: effect,
        from: "const doubtful = effect.doubts.some((other) => other !== attempt);",
        to: "const doubtful = false;",
      },
    ],
    test: { file: effects, name: "doubt > of one attempt is not settled by the refusal of the next" },
  },
  {
    name: "contradiction",
    promise: "An answer against what was settled stops the order until somebody has looked",
    changes: [
      {
        file: effect,
        from: "    if (settledOtherwise)\n      progress.record(",
        to: "    if (false)\n      progress.record(",
      },
    ],
    test: {
      file: effects,
      name: "an answer > that contradicts a settled one is kept, and the order needs attention",
    },
  },
  {
    name: "only the dispatcher speaks for the outside",
    promise: "No person says that an attempt began, was answered or is over",
    changes: [
      {
        file: effect,
        from: 'if (facts.principal.kind !== "system") return refuse("role", "Only the dispatcher speaks for the outside.");',
        to: "",
      },
    ],
    test: { file: effects, name: "an attempt > is begun, answered and expired by machines only" },
  },
  {
    name: "retention of keys, when the attempt is due",
    promise: "No key is sent again once the outside may have forgotten it, however late somebody comes",
    changes: [
      {
        file: effect,
        from: "if (forgotten(progress, effect)) {\n        doubted(",
        to: "if (false) {\n        doubted(",
      },
    ],
    test: {
      file: effects,
      name: "doubt > ends asking when the outside will have forgotten the key, also when nobody came in time to ask",
    },
  },
  {
    name: "retention of keys, when the next attempt is set",
    promise: "No further attempt is set for a time at which the outside may have forgotten the key",
    changes: [
      {
        file: effect,
        from: "effect.attemptsInRow < step.retry.attempts_max &&\n      Date.parse(facts.now) + wait < rememberedUntil_ms(progress, effect);",
        to: "effect.attemptsInRow < step.retry.attempts_max;",
      },
    ],
    test: {
      file: effects,
      name: "doubt > ends asking when the outside will have forgotten the key, also when nobody came in time to ask",
    },
  },
  {
    name: "retention of keys, when a person asks",
    promise: "No person sends a key again that the outside may have forgotten",
    changes: [
      {
        file: effect,
        from: "if (!probing && forgotten(progress, effect))",
        to: "if (false)",
      },
    ],
    test: {
      file: effects,
      name: "doubt > ends asking when the outside will have forgotten the key, also when nobody came in time to ask",
    },
  },
  {
    name: "an outside that honours nothing",
    promise: "What is in doubt is never called again where the outside honours no key",
    changes: [
      {
        file: effect,
        from: 'doubt.kind === "honoursKey" ? doubt.keyRetention_ms : 0;',
        to: 'doubt.kind === "honoursKey" ? doubt.keyRetention_ms : 86_400_000;',
      },
    ],
    test: {
      file: effects,
      name: "what a person finds out > is asked for where the outside can neither be asked nor be trusted with the key",
    },
  },
  {
    name: "an outside that is asked",
    promise: "What is in doubt is never called again where the outside can be asked what became of it",
    changes: [{ file: effect, from: "probe: again && probe ? true : undefined,", to: "probe: undefined," }],
    test: {
      file: effects,
      name: "doubt about an outside that can be asked what became of a key > is asked about once work under way must show, and never asked for again",
    },
  },
  {
    name: "no issue while the former may be done",
    promise:
      "An effect is done anew only where the issue before failed for certain or a person found it undone",
    changes: [
      {
        file: effect,
        from: 'if (!unknown && !(again && effect.status === "FAILED"))',
        to: "if (!unknown && !again)",
      },
    ],
    test: {
      file: effects,
      name: "what a person finds out > is not asked for while an attempt is under way or when it is known",
    },
  },
  {
    name: "done is not done again",
    promise: "A step whose effect was done is not done again by a later visit",
    changes: [{ file: "lib/domain/progress.ts", from: "if (done && !step.repeatable)", to: "if (false)" }],
    test: {
      file: effects,
      name: "a step that was done is not done again by a later visit, unless the workflow says so",
    },
  },
];
