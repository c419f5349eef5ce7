import { alwaysOpen, type BusinessCalendar } from "#lib/domain/calendar";
import type { Command } from "#lib/domain/commands";
import { isKnownEffect } from "#lib/domain/effect-input";
import { defaultPolicy, type PolicyParameters } from "#lib/domain/policy";
import { isRejection } from "#lib/domain/rejection";
import { lint, type WorkflowDefinition, workflowReference } from "#lib/domain/workflow";
import type { EffectAdapters } from "#lib/effects/adapter";
import type { WorkspaceKeys } from "#lib/log/keys";
import type { Clock } from "../clock";
import type { Database } from "../db";
import { Dispatcher } from "./dispatcher";
import { Engine } from "./execute";
import { pooledRandomBytes } from "./random";
import { type TickReport, tick } from "./scheduler";
import type { SealedEvent } from "./seal";
import { systemActor } from "./system-actor";

/**
 * One workspace's engine, put together: the write path, the dispatcher and the scheduler over one database.
 *
 * `publish` must have run before orders are received: it writes definitions, first policies and calendars to the log, and
 * throws when a definition has drifted from the one published under its name and version, or does not pass the lint.
 */
export type Runtime = {
  engine: Engine;
  dispatcher: Dispatcher;
  publish(): Promise<void>;
  tick(budget_ms?: number): Promise<TickReport>;
  stop(): Promise<void>;
};

export type RuntimeOptions = {
  database: Database;
  keys: WorkspaceKeys;
  clock: Clock;
  adapters: EffectAdapters;
  definitions: readonly WorkflowDefinition[];
  /** First versions by id; without them the one that never closes, as `always`. */
  calendars?: { readonly [id: string]: BusinessCalendar };
  policy?: PolicyParameters;
  randomBytes?(count: number): Uint8Array;
  held_max?: number;
  /** Why nothing may be sent outside at this moment; null when it may. Without it nothing holds effects. */
  held?(): string | null;
  /** Told when a newer version has taken over the workspace. */
  superseded?(why: string): void;
  /** Of the rows this process makes; what its code makes unless a test says otherwise. */
  rowsVersion?: number;
  /** Told of every event this process has committed, after the dispatcher. */
  watch?(events: readonly SealedEvent[]): void;
};

export function openRuntime(options: RuntimeOptions): Runtime {
  const { database, keys, clock, definitions } = options;
  const problems = definitions.flatMap(problemsOf);
  if (problems.length > 0) throw new Error(`The workflows do not hold:\n${problems.join("\n")}`);
  const held = () =>
    options.held?.() ?? (engine.stopped.dispatch ? "Dispatch is paused. Effects stay INTENDED." : null);
  const dispatcher = new Dispatcher(options.adapters, clock, () => engine, held);
  const engine: Engine = new Engine({
    database,
    keys,
    clock,
    definitions,
    randomBytes: options.randomBytes ?? pooledRandomBytes(),
    attemptNow: dispatcher.attemptNow,
    doubt: dispatcher.doubt,
    answersWithin_ms: dispatcher.answersWithin_ms,
    committed(events) {
      dispatcher.committed(events);
      options.watch?.(events);
    },
    superseded: options.superseded,
    rowsVersion: options.rowsVersion,
    held_max: options.held_max,
  });
  return {
    engine,
    dispatcher,
    publish: () => publish(engine, options),
    tick: (budget_ms = 10_000) => tick({ engine, dispatcher, database, clock }, budget_ms),
    async stop() {
      await dispatcher.stop();
      await engine.countDenials(true);
    },
  };
}

function problemsOf(definition: WorkflowDefinition): string[] {
  const unknown = Object.values(definition.steps)
    .flatMap((step) => (step.kind === "effect" ? [step.effect, step.compensatedBy] : []))
    .filter((effect): effect is string => effect !== undefined && !isKnownEffect(effect))
    .map((effect) => `${workflowReference(definition)}: nothing says what the effect ${effect} sends`);
  return [...lint(definition), ...unknown];
}

async function publish(engine: Engine, options: RuntimeOptions): Promise<void> {
  await engine.look();
  const actor = systemActor(engine.workspace, "operator");
  const say = async (command: Command, id: string) => {
    const result = await engine.execute(command, { actor, source: "publish", id });
    if (isRejection(result) && result.code === "contentDiffers") throw new Error(result.message);
    if (isRejection(result) && result.code !== "wrongState") throw new Error(`${id}: ${result.message}`);
  };
  for (const [id, calendar] of Object.entries(options.calendars ?? { always: alwaysOpen }))
    await publishFirst(engine, `calendar/${id}`, () =>
      say({ type: "calendar.publish", id, calendar }, `calendar/${id}`),
    );
  for (const { name, version, hash } of options.definitions) {
    await say({ type: "workflow.publish", name, version, hash }, `workflow/${name}@${version}/${hash}`);
    await publishFirst(engine, `policy/${name}`, () =>
      say(
        { type: "policy.publish", workflow: name, parameters: options.policy ?? defaultPolicy },
        `policy/${name}`,
      ),
    );
  }
}

/** Policies and calendars are given a first version only: from then on they are changed by people, through the log. */
async function publishFirst(engine: Engine, stream: string, publishNow: () => Promise<void>): Promise<void> {
  const held = await engine.streams.acquire(stream);
  try {
    if (held.current.version === 0) await publishNow();
  } finally {
    engine.streams.release(held);
  }
}
