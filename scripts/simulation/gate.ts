import type { QueryConfig } from "pg";
import type { Database } from "#lib/db";
import type { FaultProxy, HeldAnswer, ProxyFault } from "../testing/fault-proxy";
import type { Random } from "./random";

/**
 * Where every query of every simulated process waits until the simulation lets it through, one at a time. That, and not
 * the speed of a machine, decides what happens in which order; so faults can be named by process and number of query.
 */
export type Life = { readonly name: string; alive: boolean };

export type QueryKind = "append" | "claim" | "look up" | "read";

export type WaitingQuery = {
  readonly life: Life;
  /** Counted from 1 within the life. */
  readonly number: number;
  readonly kind: QueryKind;
  run(): Promise<unknown>;
  resolve(rows: unknown): void;
  reject(error: unknown): void;
};

/** A query the server has answered and its process has not heard of. */
export type UnheardAnswer = {
  life: Life;
  number: number;
  kind: QueryKind;
  deliver(): Promise<void>;
  cut(): void;
};

export class Gate {
  waiting: WaitingQuery[] = [];
  unheard: UnheardAnswer[] = [];
  issued = 0;

  constructor(readonly random: Random) {}

  /** The database as one process sees it, by both of its doors. A dead process asks nothing and hears nothing. */
  database(real: Database, life: Life): Database {
    let count = 0;
    const wait = (sql: string, run: () => Promise<unknown>) =>
      new Promise((resolve, reject) => {
        if (!life.alive) return;
        this.issued++;
        this.waiting.push({
          life,
          number: ++count,
          kind: kindOf(sql),
          run,
          resolve: (answer) => life.alive && resolve(answer),
          reject: (error) => life.alive && reject(error),
        });
      });
    const raw = (sql: string, ...values: unknown[]) =>
      wait(sql, async () => this.#inSomeOrder(sql, await real.$queryRawUnsafe<unknown[]>(sql, ...values)));
    const query = (config: QueryConfig) => wait(config.text, () => real.pool.query(config));
    const pool = Object.create(real.pool, { query: { value: query } });
    return Object.create(real, { $queryRawUnsafe: { value: raw }, pool: { value: pool } });
  }

  /** Lets one query through, with or without a fault, and returns once its process has its answer, or never will. */
  async let(query: WaitingQuery, proxy: FaultProxy, fault: ProxyFault | null): Promise<void> {
    this.waiting.splice(this.waiting.indexOf(query), 1);
    const held = fault && proxy.arm(fault);
    const done = query.run().then(query.resolve, query.reject);
    const answer = await (held && fault === "delayAnswer" ? Promise.race([held, done]) : done);
    proxy.disarm();
    if (answer) this.#keep(query, answer, done);
  }

  /** What a process had asked and not heard is nothing to it once it is dead. */
  forget(life: Life): void {
    this.waiting = this.waiting.filter((query) => query.life !== life);
    for (const answer of this.unheard) if (answer.life === life) answer.cut();
    this.unheard = this.unheard.filter((answer) => answer.life !== life);
  }

  #keep({ life, number, kind }: WaitingQuery, answer: HeldAnswer, done: Promise<void>): void {
    const unheard: UnheardAnswer = {
      life,
      number,
      kind,
      cut: () => answer.cut(),
      deliver: () => {
        this.unheard.splice(this.unheard.indexOf(unheard), 1);
        answer.deliver();
        return done;
      },
    };
    this.unheard.push(unheard);
  }

  /** PostgreSQL may give rows nobody ordered in any order, and another one tomorrow: here the seed decides. */
  #inSomeOrder(sql: string, rows: unknown[]): unknown[] {
    if (rows.length < 2 || /ORDER BY[^()]*$/.test(sql)) return rows;
    const texts = new Map(rows.map((row) => [row, JSON.stringify(row, bigintAsText)]));
    return this.random.shuffled(rows.sort((a, b) => (texts.get(a)! < texts.get(b)! ? -1 : 1)));
  }
}

function bigintAsText(_member: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function kindOf(sql: string): QueryKind {
  if (/\bappend\w*\(/.test(sql)) return "append";
  if (/^\s*UPDATE (timer|effect)/.test(sql)) return "claim";
  return /FROM command\b/.test(sql) ? "look up" : "read";
}
