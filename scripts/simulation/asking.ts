import type { AuthorizedActor } from "#lib/domain/authority";
import type { Command, CommandOf } from "#lib/domain/commands";
import { isRejection, type Rejection } from "#lib/domain/rejection";
import { answerEffect } from "#lib/engine/callbacks";
import type { Accepted } from "#lib/engine/job";
import type { Callback } from "./carrier";
import { type Asked, somethingAsked } from "./clients";
import type { Ledger, Told } from "./ledger";
import { principal } from "./people";
import type { Process, Processes } from "./processes";
import type { Witness } from "./witness";

/** Brings commands and callbacks to a process, and what it answers, if it answers, to the ledger. */
export class Asking {
  readonly #asks: { asked: Asked; id: string; told: Told }[] = [];
  readonly #received: CommandOf<"order.receive">[] = [];
  #count = 0;

  constructor(
    readonly processes: Processes,
    readonly ledger: Ledger,
    readonly witness: Witness,
    readonly workspace: string,
    readonly orders_max: number,
  ) {}

  /** Somebody asks some process for something. */
  client(): void {
    const { random } = this.processes.world;
    const asked = somethingAsked(random, {
      orders: [...this.witness.orders.values()],
      earlier: (order) => this.witness.earlier(order),
      received: this.#received,
      orders_max: this.orders_max,
      ring: (key) => this.processes.world.carrier.told(key),
    });
    const { command } = asked;
    if (command.type === "order.receive") {
      const { source, businessKey } = command;
      if (!this.#received.some((other) => other.source === source && other.businessKey === businessKey))
        this.#received.push(command);
    }
    const id = `ask-${++this.#count}`;
    this.#asks.push({ asked, id, told: this.#clientAsks(asked, id) });
  }

  /** A client who heard nothing asks again; one who heard something does so too, or sends something else by mistake. */
  clientAgain(): void {
    const { random, happenings } = this.processes.world;
    if (this.#asks.length === 0) return;
    const unanswered = this.#asks.filter(({ told }) => told.unanswered > 0 && told.accepted.length === 0);
    const again = random.pick(unanswered.length > 0 && random.chance(0.6) ? unanswered : this.#asks);
    const other = random.chance(0.3);
    const asked = other ? random.pick(this.#asks).asked : again.asked;
    happenings.fired(other ? "another content under the same id" : "the same command again");
    this.#clientAsks(asked, again.id);
  }

  #clientAsks({ who, command }: Asked, id: string): Told {
    const { random, happenings } = this.processes.world;
    const process = random.pick(this.processes.up);
    happenings.note(`${who} asks ${process.name} for ${command.type} as ${id}: ${JSON.stringify(command)}`);
    return this.ask(process, principal(this.workspace, who), "client", id, command);
  }

  ask(process: Process, actor: AuthorizedActor, source: string, id: string, command: Command): Told {
    const told = this.ledger.asked(source, id, command.type);
    const content = JSON.stringify([actor.type, actor.id, command]);
    this.#expect(process, told, process.runtime.engine.execute(command, { actor, source, id }), content);
    return told;
  }

  /** The carrier says something by itself, to whichever process its message reaches. `heard` once somebody took it. */
  callBack(callback: Callback, heard: () => void): void {
    const { random, happenings } = this.processes.world;
    const process = random.pick(this.processes.up);
    const { messageId, key, outcome, occurredAt } = callback;
    happenings.note(`${messageId} for ${key} reaches ${process.name}: ${outcome.kind}`);
    const told = this.ledger.asked("callback", messageId, "effect.answer");
    const report = { effectKey: key, outcome, messageId, occurredAt };
    this.#expect(process, told, answerEffect(process.runtime.engine, report), messageId, (answer) => {
      if (!isRejection(answer) || !["unavailable", "inProgress"].includes(answer.code)) heard();
    });
  }

  #expect(
    process: Process,
    told: Told,
    promise: Promise<Accepted | Rejection>,
    content: string,
    then: (answer: Accepted | Rejection) => void = () => {},
  ): void {
    const { happenings } = this.processes.world;
    this.processes.await(
      process,
      promise,
      (answer) => {
        happenings.note(`${told.id} is answered ${spoken(answer)}`);
        this.ledger.answered(told, answer, content);
        then(answer);
      },
      (why) => {
        happenings.note(`${told.id} is not answered: ${why}`);
        told.unanswered++;
      },
    );
  }
}

function spoken(answer: Accepted | Rejection): string {
  if (isRejection(answer)) return `${answer.code}: ${answer.message}`;
  const { stream, firstVersion, count, repeated } = answer;
  return `${stream}@${firstVersion} +${count}${repeated ? " again" : ""}`;
}
