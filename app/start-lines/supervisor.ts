import type { AuthorizedActor } from "#lib/domain/authority";
import { env } from "#lib/env";
import { operations } from "#lib/queries/operations";
import { dueWithin } from "#lib/queries/start";
import type { ViewTime } from "../../components/format";
import { store } from "../reading";
import { lineOf, type StartLine } from "./line";

/** What is late or about to be, and what stands still until somebody looks. */
export async function supervisorLines(actor: AuthorizedActor, { now }: ViewTime): Promise<StartLine[]> {
  const [{ depths }, soon] = await Promise.all([
    operations(actor, store(), { now, backlog_max: env("INTAKE_BACKLOG_MAX") }),
    dueWithin(actor, store(), now, 60),
  ]);
  const here = { href: "/escalations", needs: true } as const;
  return [
    ...lineOf(
      "breached",
      depths.tasksBreached,
      { one: "decision is late", many: "decisions are late" },
      { ...here, tone: "bad" },
    ),
    ...lineOf(
      "soon",
      soon,
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
