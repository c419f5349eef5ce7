import { isRejection, type Rejection } from "#lib/domain/rejection";
import type { Accepted } from "#lib/engine/job";
import { demand } from "./violation";
import type { Witness } from "./witness";

/**
 * What clients were told, kept where no database can lose it: which commands were acknowledged and with what, which were
 * refused, and of which nobody knows.
 */
export type Told = {
  source: string;
  id: string;
  what: string;
  accepted: Accepted[];
  /** What was asked for, and by whom, when it was accepted first. */
  acceptedContent: string | null;
  refused: Rejection[];
  /** Asks without an answer: the process died, or threw because it could not know. */
  unanswered: number;
};

export class Ledger {
  readonly told = new Map<string, Told>();

  asked(source: string, id: string, what: string): Told {
    const name = `${source} ${id}`;
    const known = this.told.get(name);
    if (known) return known;
    const told: Told = { source, id, what, accepted: [], acceptedContent: null, refused: [], unanswered: 0 };
    this.told.set(name, told);
    return told;
  }

  /** `content` says what was asked for, and by whom. */
  answered(told: Told, answer: Accepted | Rejection, content: string): void {
    if (isRejection(answer)) {
      told.refused.push(answer);
      return;
    }
    told.acceptedContent ??= content;
    demand(
      told.acceptedContent === content,
      () => `the command id ${told.id} was accepted with one content and again with another`,
    );
    told.accepted.push(answer);
  }

  /** Everything acknowledged is in the log as it was acknowledged; what was only ever refused is not. */
  check(witness: Witness): void {
    for (const { source, id, what, accepted, refused, unanswered } of this.told.values()) {
      const written = witness.commands.get(`${source} ${id}`);
      for (const { stream, firstVersion, count } of accepted)
        demand(
          written?.stream === stream &&
            written.versions[0] === firstVersion &&
            written.versions.length === count,
          () =>
            `${what} ${id} was acknowledged as ${count} events at ${stream}@${firstVersion}, and the log has ${
              written
                ? `${written.versions.length} at ${written.stream}@${written.versions[0]}`
                : "nothing of it"
            }`,
        );
      if (accepted.length === 0 && unanswered === 0)
        demand(
          written === undefined,
          () => `${what} ${id} was refused (${refused.map(({ code }) => code).join(", ")}) and is in the log`,
        );
    }
  }
}
