import type { AuthorizedActor } from "#lib/domain/authority";
import { dueWithin } from "#lib/queries/start";
import type { ViewTime } from "../../components/format";
import { measures, store, waiting } from "../reading";
import { lineOf, type StartLine } from "./line";

/** What is late or about to be, and what stands still until somebody looks: for whoever sees the page of escalations. */
export async function escalationLines(actor: AuthorizedActor, { now }: ViewTime): Promise<StartLine[]> {
  const [{ escalated }, { depths }, dueSoon] = await Promise.all([
    waiting(actor),
    measures(actor),
    dueWithin(actor, store(), now, 60),
  ]);
  const here = { href: "/escalations", needs: true } as const;
  return [
    ...lineOf(
      "overdue",
      escalated ?? { count: 0, more: false },
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
      depths.effectsInDoubt,
      {
        one: "thing done outside is in doubt: somebody has to find out",
        many: "things done outside are in doubt: somebody has to find out",
      },
      { ...here, tone: "bad" },
    ),
    ...lineOf(
      "failed",
      depths.effectsFailed,
      { one: "thing to be done outside has failed", many: "things to be done outside have failed" },
      { ...here, tone: "bad" },
    ),
    ...lineOf(
      "attention",
      depths.ordersNeedingAttention,
      { one: "order stands still until somebody looks", many: "orders stand still until somebody looks" },
      { ...here, tone: "bad" },
    ),
  ];
}
