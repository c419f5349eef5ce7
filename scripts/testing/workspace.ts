/**
 * A workspace for database tests: its own database, a clock that is set and never slept on, a real engine over it, and
 * people of every role. Commands go in by the one door.
 */
import { randomUUID } from "node:crypto";
import { type Database, openDatabase } from "#lib/db";
import { type AuthorizedActor, mintActor, type Role } from "#lib/domain/authority";
import type { Command, CommandOf } from "#lib/domain/commands";
import type { OrderState, TaskState } from "#lib/domain/order";
import { evidenceOf } from "#lib/domain/order";
import { isRejection, type Rejection } from "#lib/domain/rejection";
import type { WorkflowDefinition } from "#lib/domain/workflow";
import { workflows } from "#lib/domain/workflows/registry";
import type { EffectAdapter } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import type { Accepted } from "#lib/engine/job";
import { openRuntime, type Runtime } from "#lib/engine/runtime";
import { systemActor } from "#lib/engine/system-actor";
import { type WorkspaceKeys, workspaceKeys } from "#lib/log/keys";
import { withClient } from "../embedded-postgres";
import { type TestDatabase, testDatabase } from "./database";

export const start = "2026-03-02T09:00:00.000Z";

export class SetClock {
  #now = Date.parse(start);
  now(): string {
    return new Date(this.#now).toISOString();
  }
  advance_minutes(minutes: number): void {
    this.#now += minutes * 60_000;
  }
  advance_ms(by_ms: number): void {
    this.#now += by_ms;
  }
}

export type TestWorkspace = {
  name: string;
  urls: TestDatabase;
  database: Database;
  keys: WorkspaceKeys;
  clock: SetClock;
  runtime: Runtime;
  /** Another process's engine over the same workspace. */
  another(adapters?: readonly EffectAdapter[]): Promise<Runtime>;
  person(id: string): AuthorizedActor;
  ask(who: AuthorizedActor, command: Command, id?: string, on?: Runtime): Promise<Accepted | Rejection>;
  receive(content?: Partial<CommandOf<"order.receive">>, id?: string): Promise<string>;
  order(id: string, on?: Runtime): Promise<OrderState>;
  task(order: string): Promise<TaskState>;
  decide(who: AuthorizedActor, order: string, verdict: string, more?: object): Promise<Accepted | Rejection>;
  log(
    stream?: string,
  ): Promise<{ pos: number; stream: string; version: number; type: string; data: Record<string, never> }[]>;
  close(): Promise<void>;
};

/** What a process is told that works on such a workspace, without a carrier. */
export function environmentOf({ name, urls }: Pick<TestWorkspace, "name" | "urls">): Record<string, string> {
  return {
    DATABASE_URL: urls.databaseUrl,
    HOLDPOINT_WORKSPACE: name,
    HOLDPOINT_KEYS_FILE: "",
    HOLDPOINT_WORKSPACE_KEY: rootKeys.workspaceKey.toString("base64"),
    HOLDPOINT_IDENTITY_KEY: rootKeys.identityKey.toString("base64"),
    CARRIER_URL: "",
  };
}

const rootKeys = { workspaceKey: Buffer.alloc(32, 7), identityKey: Buffer.alloc(32, 8) };

const cast: { [id: string]: Role[] } = {
  ana: ["reviewer"],
  ben: ["reviewer"],
  rita: ["requester"],
  remy: ["requester", "reviewer"],
  sam: ["supervisor"],
  ada: ["auditor"],
  root: ["admin"],
};

export async function testWorkspace(
  options: {
    adapters?: readonly EffectAdapter[];
    definitions?: readonly WorkflowDefinition[];
    urls?: TestDatabase;
    name?: string;
  } = {},
): Promise<TestWorkspace> {
  const urls = options.urls ?? (await testDatabase());
  const name = options.name ?? "main";
  await withClient(urls.databaseOwnerUrl, async (client) => {
    await client.query("INSERT INTO workspace_head (workspace, clock_tolerance_ms) VALUES ($1, NULL)", [
      name,
    ]);
  });
  const database = openDatabase(urls.databaseUrl);
  const keys = workspaceKeys(name, rootKeys);
  const clock = new SetClock();
  const open = (adapters: readonly EffectAdapter[]) =>
    openRuntime({
      database,
      keys,
      clock,
      adapters: {
        byName: new Map(adapters.map((adapter) => [adapter.name, adapter])),
        missing: "not in this test",
      },
      definitions: options.definitions ?? workflows,
    });
  const runtime = open(options.adapters ?? instantAdapters());
  await runtime.publish();
  const operator = systemActor(name, "operator");
  const person = (id: string) =>
    mintActor({
      workspace: name,
      type: "person",
      id,
      person: id,
      account: `credentials:${id}`,
      session: `session-of-${id}`,
      roles: cast[id] ?? [],
    });
  const ask: TestWorkspace["ask"] = (actor, command, id = randomUUID(), on = runtime) =>
    on.engine.execute(command, { actor, source: "test", id });
  for (const [id, roles] of Object.entries(cast)) {
    const added = await ask(operator, {
      type: "person.add",
      person: id,
      name: id,
      email: `${id}@example.org`,
      roles,
    });
    if (isRejection(added)) throw new Error(added.message);
  }
  const opened = [runtime];
  const order = async (id: string, on = runtime) => {
    const held = await on.engine.streams.acquire(`order/${id}`);
    on.engine.streams.release(held);
    return held.current.state as OrderState;
  };
  const task = async (id: string) => {
    const held = Object.values((await order(id)).tasks)[0];
    if (!held) throw new Error(`order ${id} has no open task`);
    return held;
  };
  return {
    name,
    urls,
    database,
    keys,
    clock,
    runtime,
    async another(adapters = instantAdapters()) {
      const other = open(adapters);
      opened.push(other);
      return other;
    },
    person,
    ask,
    async receive(content = {}, id) {
      const command: CommandOf<"order.receive"> = {
        type: "order.receive",
        workflow: "order-fulfilment@1",
        source: "test",
        businessKey: randomUUID(),
        requestedBy: "rita",
        total: { amount: 150_000, currency: "GBP" },
        customer: { reference: "17850" },
        ...content,
      };
      const result = await ask(person("rita"), command, id);
      if (isRejection(result)) throw new Error(`${result.field ?? ""} ${result.message}`);
      return result.stream.slice("order/".length);
    },
    order,
    task,
    async decide(who, id, verdict, more = {}) {
      const state = await order(id);
      const held = Object.values(state.tasks)[0];
      return ask(who, {
        type: "task.decide",
        order: id,
        step: held?.step ?? "manual.review",
        visit: held?.visit ?? 1,
        verdict,
        evidence: evidenceOf(state, held?.step ?? "manual.review"),
        undo_ms: 0,
        ...more,
      });
    },
    async log(stream) {
      const rows = await database.$queryRawUnsafe<
        { pos: bigint; stream: string; version: number; type: string; body: string }[]
      >(
        `SELECT pos, stream, version, type, convert_from(body, 'UTF8') AS body FROM event
         WHERE workspace = $1 AND ($2::text IS NULL OR stream = $2) ORDER BY pos`,
        name,
        stream ?? null,
      );
      return rows.map(({ body, pos, ...row }) => ({ ...row, pos: Number(pos), data: JSON.parse(body).data }));
    },
    async close() {
      for (const each of opened) await each.stop();
      await database.$disconnect();
      await urls.drop();
    },
  };
}
