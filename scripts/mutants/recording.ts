import type { Guard } from "./guard";

/** Guards of what is written: the door, the batch, append() and the log itself. */
const append = { sql: "append" };
const log = "prisma/migrations/20261122000000_log/migration.sql";
const door = "lib/engine/append.db.test.ts";
const writers = "lib/engine/writers.db.test.ts";
const guards = "lib/engine/guards.db.test.ts";
const commands = "lib/engine/commands.db.test.ts";
const losers =
  "the losers of a batch come back as data, and the rest is written > a command known before, one on a version that moved on, one whose guard did, and what hangs on them";

export const recording: readonly Guard[] = [
  {
    name: "head lock",
    promise:
      "Two appends of one workspace take turns: neither fails because of the other, and positions have no gap",
    changes: [
      {
        file: append,
        from: "SELECT * INTO head FROM workspace_head WHERE workspace = p_workspace FOR UPDATE;",
        to: "SELECT * INTO head FROM workspace_head WHERE workspace = p_workspace;",
      },
    ],
    test: {
      file: guards,
      name: "append() waits for the one before it, and goes on from what that one wrote",
    },
  },
  {
    name: "known commands",
    promise: "A command that was written before is told apart, and its batch is written without it",
    changes: [{ file: append, from: "        WHEN k.id IS NOT NULL THEN 'known'\n", to: "" }],
    test: { file: door, name: losers },
  },
  {
    name: "each command once",
    promise: "A command that could be done again is not, under the id it was done",
    changes: [
      { file: append, from: "        WHEN k.id IS NOT NULL THEN 'known'\n", to: "" },
      {
        file: log,
        from: "  count integer NOT NULL,\n  PRIMARY KEY (workspace, source, id)\n);",
        to: "  count integer NOT NULL\n);\nCREATE INDEX command_key ON command (workspace, source, id);",
      },
    ],
    test: { file: guards, name: "a command that could be done again is not, under the id it was done" },
  },
  {
    name: "unique key of commands",
    promise: "Of two commands of one id in one batch one is written",
    changes: [
      {
        file: log,
        from: "  count integer NOT NULL,\n  PRIMARY KEY (workspace, source, id)\n);",
        to: "  count integer NOT NULL\n);\nCREATE INDEX command_key ON command (workspace, source, id);",
      },
    ],
    test: {
      file: guards,
      name: "of two commands of one id in one batch one is written, and the other is told so",
    },
  },
  {
    name: "version of the stream",
    promise: "A command decided on a version that moved on comes back, and the rest of its batch is written",
    changes: [
      {
        file: append,
        from: "        WHEN g.base <> coalesce(g.chained_base, h.version, 0) THEN 'conflict'\n",
        to: "",
      },
    ],
    test: { file: door, name: losers },
  },
  {
    name: "version in the body",
    promise: "No body says of itself another version, stream, type or schema than it is written as",
    changes: [
      {
        file: append,
        from: "        AND substring(body FROM length(body) - length(after_salt) + 1) = after_salt\n",
        to: "",
      },
    ],
    test: {
      file: guards,
      name: "a body that says another version, though everything else in it is right, is refused",
    },
  },
  {
    name: "prevHash",
    promise: "Every event names the leaf of the one before it",
    changes: [
      {
        file: append,
        from: "        AND substring(body FROM length(body) - length(after_salt) - 32 - length(before_salt) + 1 FOR length(before_salt)) = before_salt\n",
        to: "",
      },
    ],
    test: {
      file: door,
      name: "append() refuses > a prevHash that is not the leaf of the version before, or that of another",
    },
  },
  {
    name: "actor and command in the body",
    promise: "No body names another actor or command than its columns do",
    changes: [
      {
        file: append,
        from: "WHEN substring(body FROM 1 FOR length(opening)) = opening\n        AND ",
        to: "WHEN ",
      },
    ],
    test: { file: door, name: "append() refuses > a body of another command" },
  },
  {
    name: "guards of facts",
    promise: "What permitted a command is compared under the lock: a right taken away meanwhile is gone",
    changes: [
      { file: append, from: "        WHEN g.guards && (SELECT guards FROM moved) THEN 'guard'\n", to: "" },
    ],
    test: {
      file: writers,
      name: "a right that is taken away > by another process before the verdict is written refuses the verdict, and the refusal is on record",
    },
  },
  {
    name: "clock of the writer",
    promise: "Nothing is recorded by a clock that is off",
    changes: [
      {
        file: append,
        from: "* 1000 > head.clock_tolerance_ms\n",
        to: "* 1000 > head.clock_tolerance_ms + 60000\n",
      },
    ],
    test: { file: door, name: "append() refuses > a time more than 5 s before the database's" },
  },
  {
    name: "generation of the writer",
    promise: "A process that writes the rows of a former generation writes nothing",
    changes: [{ file: append, from: "p_generation <> head.generation THEN\n", to: "false THEN\n" }],
    test: {
      file: door,
      name: "the losers of a batch come back as data, and the rest is written > a writer of another generation writes nothing and is told the right one",
    },
  },
  {
    name: "version of the rows",
    promise: "Once a newer version has taken over a workspace an older one writes nothing and claims nothing",
    changes: [
      { file: append, from: "p_rows_version <> head.rows_version OR ", to: "" },
      { file: "lib/engine/append.ts", from: "if (rowsVersion !== this.rowsVersion)", to: "if (false)" },
    ],
    test: {
      file: "lib/engine/succession.db.test.ts",
      name: "the older process is refused from the switch on, says so, and claims nothing that is due",
    },
  },
  {
    name: "isolation",
    promise: "No append reads what was true before it had the lock",
    changes: [
      {
        file: append,
        from: "IF current_setting('transaction_isolation') <> 'read committed' THEN",
        to: "IF false THEN",
      },
    ],
    test: { file: door, name: "append() refuses > a transaction that does not see what it waited for" },
  },
  {
    name: "append-only by grant",
    promise: "The role the console runs as writes events through append() only",
    changes: [
      {
        file: { sql: "holdpoint_apply_grants" },
        from: "'GRANT SELECT ON event, event_view,",
        to: "'GRANT SELECT, INSERT, UPDATE, DELETE ON event TO holdpoint_app'; EXECUTE 'GRANT SELECT ON event_view,",
      },
    ],
    test: {
      file: door,
      name: "the log cannot be changed > by the role the application runs as, which may not even try",
    },
  },
  {
    name: "append-only by trigger",
    promise: "Not even the owner of the tables changes or deletes an event",
    changes: [{ file: log, from: "BEFORE UPDATE OR DELETE ON event", to: "BEFORE DELETE ON event" }],
    test: {
      file: door,
      name: "the log cannot be changed > by the role that owns the tables, because a trigger refuses",
    },
  },
  {
    name: "content of a command",
    promise: "The same id with other content, or by somebody else, is not given the first answer",
    changes: [
      { file: "lib/engine/batches.ts", from: "if (known.mac === job.mac)", to: "if (known.mac !== '')" },
    ],
    test: {
      file: commands,
      name: "a command is done once > another content under the same id is refused, and so is the same by somebody else",
    },
  },
  {
    name: "first answer to who lost the right",
    promise:
      "A command that was accepted is answered like the first time, also when it would be refused by now",
    changes: [
      {
        file: "lib/engine/batches.ts",
        from: "if (first) job.settle(knownAnswer(job, first, rejection));\n        else if",
        to: "if (first && first.mac === '') job.settle(knownAnswer(job, first, rejection));\n        else if",
      },
    ],
    test: {
      file: commands,
      name: "a command is done once > keeps its first answer when who asked has lost the right to ask again",
    },
  },
  {
    name: "refusals judged by the log",
    promise: "Nobody is refused for what was true only before",
    changes: [
      {
        file: "lib/engine/batches.ts",
        from: "else if (moved.length === 0 || ++job.tries >= tries_max)",
        to: "else if (moved.length >= 0 || ++job.tries >= tries_max)",
      },
    ],
    test: {
      file: writers,
      name: "a process that remembers what another one has changed > refuses nothing for what was true only before",
    },
  },
  {
    name: "look-up after a lost answer",
    promise: "What was written although its answer was lost is answered as done, and is done once",
    changes: [
      {
        file: "lib/engine/append.ts",
        from: "const found = await this.lookUp(commands, error);",
        to: "const found = new Map() as Awaited<ReturnType<typeof this.lookUp>>;",
      },
    ],
    test: {
      file: "lib/engine/driving.db.test.ts",
      name: "a connection that is cut > recognises what it wrote itself before the answer was lost",
    },
  },
  {
    name: "own bytes",
    promise: "A process whose answer was lost does not take another one's same command for its own",
    changes: [
      {
        file: "lib/engine/append.ts",
        from: "if (known?.leaf === leafOf(command.events[0]!.body))",
        to: "if (known)",
      },
    ],
    test: {
      file: "lib/engine/driving.db.test.ts",
      name: "a connection that is cut > does not make another process's same command its own",
    },
  },
  {
    name: "halves",
    promise: "One command at fault does not take the others of its batch with it",
    changes: [
      {
        file: "lib/engine/append.ts",
        from: 'if (missing.length === 1 && commands.length === 1) verdicts.set(missing[0]!, { kind: "failed", error });',
        to: 'if (missing.length > 0) for (const each of missing) verdicts.set(each, { kind: "failed", error });',
      },
    ],
    test: {
      file: guards,
      name: "one command at fault gets the error, and the others of its batch are written",
    },
  },
  {
    name: "events and key of one moment",
    promise: "An order of another process is not taken for one with other content while it is being written",
    changes: [
      {
        file: "lib/engine/streams.ts",
        from: "           (SELECT wrapped FROM subject_key k WHERE k.workspace = $1 AND k.subject = event.stream)\n",
        to: "           NULL::bytea\n",
      },
      {
        file: "lib/engine/streams.ts",
        from: "    const events = await this.database.$queryRawUnsafe<\n",
        to: "    const keys = await this.database.$queryRawUnsafe<{ subject: string; wrapped: Uint8Array }[]>('SELECT subject, wrapped FROM subject_key WHERE workspace = $1 AND subject = ANY ($2::text[])', workspace, streams);\n    const events = await this.database.$queryRawUnsafe<\n",
      },
      {
        file: "lib/engine/streams.ts",
        from: "    const loaded = new Map<string, Held>();\n",
        to: "    for (const { subject, wrapped } of keys) for (const event of events) if (event.stream === subject) event.wrapped = wrapped;\n    const loaded = new Map<string, Held>();\n",
      },
    ],
    test: {
      file: writers,
      name: "a process that remembers what another one has changed > reads a stream's events and its key as of one moment, while another one is writing both",
    },
  },
  {
    name: "refusals are on record",
    promise: "Who is refused for want of right is on record",
    changes: [
      {
        file: "lib/engine/execute.ts",
        from: "if (isRejection(result) && result.authority)\n",
        to: "if (isRejection(result) && result.authority === undefined)\n",
      },
    ],
    test: {
      file: "lib/engine/refusals.db.test.ts",
      name: "a refused person is on record with rule, order and command, and moves no order's version",
    },
  },
  {
    name: "refusals beside the order",
    promise: "Who is refused moves no order",
    changes: [
      {
        file: "lib/engine/refusals.ts",
        from: "    await this.write(`access/",
        to: "    if (order) await this.write('order/' + order, mac, () => [{ type: 'attentionCleared', data: {} }]);\n    await this.write(`access/",
      },
    ],
    test: {
      file: "lib/engine/refusals.db.test.ts",
      name: "a refused person is on record with rule, order and command, and moves no order's version",
    },
  },
  {
    name: "refusals are bounded",
    promise: "Nobody fills the log by being refused",
    changes: [
      {
        file: "lib/domain/access.ts",
        from: "(state.refusals[subject] ?? 0) < first && state.eventsThisHour < events_per_hour_max",
        to: "(state.refusals[subject] ?? 0) < first",
      },
    ],
    test: {
      file: "lib/engine/refusals.db.test.ts",
      name: "somebody who tries everything there is writes a bounded number of events",
    },
  },
  {
    name: "minted actors",
    promise: "Nobody acts whom neither sign-in, API key nor the engine let in",
    changes: [
      {
        file: "lib/engine/execute.ts",
        from: "if (!isAuthorizedActor(actor) || actor.workspace !== this.workspace)",
        to: "if (!isAuthorizedActor(actor) && actor.workspace !== this.workspace)",
      },
    ],
    test: {
      file: commands,
      name: "bad input is refused with the field and a reason, changes nothing, and the next good request works > an actor nobody minted, or of another workspace, is not even answered",
    },
  },
  {
    name: "revoked keys",
    promise: "An API key that was revoked does nothing more, also for whoever was let in with it before",
    changes: [
      {
        file: "lib/engine/decider.ts",
        from: '(person?.disabled ?? true) || (actor.type === "apiKey" && isRevoked(held, actor.id))',
        to: "person?.disabled ?? true",
      },
    ],
    test: {
      file: writers,
      name: "a right that is taken away > with an API key ends what the key may do, also for whoever was let in with it before",
    },
  },
  {
    name: "intake that is stopped",
    promise: "While intake is stopped no order comes in, and nobody is told otherwise",
    changes: [
      {
        file: "lib/domain/decide-order.ts",
        from: "if (facts.stopped.intake && !command.past)",
        to: "if (false as boolean)",
      },
    ],
    test: {
      file: "lib/engine/switches.db.test.ts",
      name: "while intake is stopped a new order is refused, one that is known gets its answer, the past is taken",
    },
  },
];
