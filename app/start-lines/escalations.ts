import type { AuthorizedActor } from "#lib/domain/authority";
import { escalationCounts } from "#lib/queries/start";
import { measures, store, waiting } from "../reading";
import { lineOf, type StartLine } from "./line";

/** What is late or about to be, and what stands still until somebody looks: for whoever sees the page of escalations. */
export async function escalationLines(actor: AuthorizedActor): Promise<StartLine[]> {
  const known = await Promise.all([waiting(actor), measures(actor)]);
  const { overdue, dueSoon, inDoubt, failed, standingStill } = await escalationCounts(
    actor,
    store(),
    ...known,
  );
  const here = { href: "/escalations", needs: true } as const;
  return [
    ...lineOf(
      "overdue",
      overdue,
      { one: "order was not decided in time", many: "orders were not decided in time" },
      { ...here, tone: "bad" },
    ),
    ...lineOf(
      "soon",
      dueSoon,
      { one: "decision will be late within the hour", many: "decisions will be late within the hour" },
      { ...here, tone: "hold" },
    ),
    ...lineOf(
      "doubt",
      inDoubt,
      {
        one: "thing done outside is in doubt: somebody has to find out",
        many: "things done outside are in doubt: somebody has to find out",
      },
      { ...here, tone: "bad" },
    ),
    ...lineOf(
      "failed",
      failed,
      { one: "thing to be done outside has failed", many: "things to be done outside have failed" },
      { ...here, tone: "bad" },
    ),
    ...lineOf(
      "attention",
      standingStill,
      { one: "order stands still until somebody looks", many: "orders stand still until somebody looks" },
      { ...here, tone: "bad" },
    ),
  ];
}
