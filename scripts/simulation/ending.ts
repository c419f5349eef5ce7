import { verifyWorkspace } from "#lib/audit/verify";
import type { AuthorizedActor } from "#lib/domain/authority";
import type { Command } from "#lib/domain/commands";
import { systemActor } from "#lib/engine/system-actor";
import type { Asking } from "./asking";
import type { Ledger } from "./ledger";
import { checkOutside, explainOrders, finisher, whatIsLeft } from "./outcome";
import { principal } from "./people";
import type { Process, Processes } from "./processes";
import type { Stage } from "./stage";
import { demand, Violation } from "./violation";
import type { Witness } from "./witness";

/** What the end of a simulation needs of it. */
export type Remaining = {
  workspace: string;
  stage: Stage;
  witness: Witness;
  ledger: Ledger;
  processes: Processes;
  asking: Asking;
  settle(): Promise<void>;
  tick(process: Process): void;
  /** Lets time pass until an instant, in milliseconds since 1970. */
  until(instant_ms: number): void;
};

const rounds_max = 400;
const finishing_rounds_max = 12;

/** After the faults: nothing may be left that goes on by itself for ever, or that waits for nobody. */
export class Ending {
  #asked = 0;

  constructor(readonly remaining: Remaining) {}

  /** Throws a `Violation`. */
  async run(): Promise<void> {
    const { stage, workspace, witness, ledger, processes, settle } = this.remaining;
    const { carrier } = processes.world;
    await this.#untilNothingIsDue();
    explainOrders(witness.orders.values(), carrier);
    await this.#peopleFinish();
    for (const process of processes.up)
      processes.await(
        process,
        process.runtime.stop(),
        () => {},
        (why) => {
          processes.broken ??= new Violation(`${process.name} could not stop: ${why}`);
        },
      );
    await settle();
    explainOrders(witness.orders.values(), carrier);
    checkOutside(witness, carrier);
    ledger.check(witness);
    const { databaseUrl } = stage;
    const { findings, findingsTotal } = await verifyWorkspace({ databaseUrl, workspace });
    demand(
      findingsTotal === 0,
      () => `verify finds ${findingsTotal}: ${JSON.stringify(findings.slice(0, 3))}`,
    );
  }

  async #untilNothingIsDue(): Promise<void> {
    const { processes, asking, settle, tick, until } = this.remaining;
    const { carrier } = processes.world;
    for (let round = 0; ; round++) {
      demand(round < rounds_max, () => "something is due again and again, and it never ends");
      while (carrier.late.length > 0) carrier.arrive(0);
      for (let n = 0; n < carrier.callbacks.length; n++) {
        const callback = carrier.take(n);
        asking.callBack(callback, () => carrier.taken(callback));
      }
      await settle();
      const due_ms = await this.#nextDue_ms();
      if (due_ms !== null) {
        until(due_ms + 1);
        tick(processes.up[round % processes.up.length]!);
      } else if (carrier.late.length + carrier.callbacks.length === 0) return;
    }
  }

  async #nextDue_ms(): Promise<number | null> {
    const { rows } = await this.remaining.stage.log.query<{ due: Date | null }>(
      `SELECT min(greatest(due_at, claimed_until)) AS due FROM (
         SELECT workspace, generation, due_at, claimed_until FROM timer
         UNION ALL SELECT workspace, generation, due_at, claimed_until FROM effect WHERE due_at IS NOT NULL) waiting
       WHERE workspace = $1 AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)`,
      [this.remaining.workspace],
    );
    return rows[0]?.due?.getTime() ?? null;
  }

  /** Those with every right do what waits for a person, until no order waits for anybody. */
  async #peopleFinish(): Promise<void> {
    const { workspace, witness, settle } = this.remaining;
    const operator = systemActor(workspace, "operator");
    for (let round = 0; round < finishing_rounds_max; round++) {
      const left = [...witness.orders.values()].flatMap((order) =>
        whatIsLeft(order, this.remaining.processes.world.carrier, round),
      );
      if (left.length === 0 && round > 0) return;
      if (round === 0)
        this.#ask(operator, {
          type: "person.add",
          person: finisher,
          name: finisher,
          email: `${finisher}@example.org`,
          roles: ["reviewer", "supervisor"],
        });
      // Whoever asked for an order may have lost the right to amend it.
      for (const person of new Set(left.map(({ who }) => who).filter((who) => who !== finisher))) {
        this.#ask(operator, { type: "person.enable", person });
        this.#ask(operator, { type: "person.grant", person, role: "requester" });
      }
      await settle();
      for (const { who, command } of left) this.#ask(principal(workspace, who), command);
      await settle();
      await this.#untilNothingIsDue();
    }
    throw new Violation("people did all they could and orders still wait for them");
  }

  #ask(actor: AuthorizedActor, command: Command): void {
    const { processes, asking } = this.remaining;
    const process = processes.up[this.#asked % processes.up.length]!;
    asking.ask(process, actor, "finish", `finish-${++this.#asked}`, command);
  }
}
