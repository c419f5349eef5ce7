import type { Route } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { queueCounts } from "#lib/queries/queue";
import { nextDeadline } from "#lib/queries/start";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { store } from "../reading";
import { lineOf, type StartLine } from "./line";

/** What waits for the decision of who looks. */
export async function reviewerLines(actor: AuthorizedActor, view: ViewTime): Promise<StartLine[]> {
  const [counts, next] = await Promise.all([
    queueCounts(actor, store(), view.now),
    nextDeadline(actor, store(), view.now),
  ]);
  return [
    ...lineOf(
      "queue",
      counts.all,
      { one: "order waits for your decision", many: "orders wait for your decision" },
      {
        href: "/queue",
        tone: "hold",
        needs: true,
        beside: next && (
          <>
            The next one is due <Moment at={next} view={view} />
          </>
        ),
      },
    ),
    ...lineOf(
      "late",
      counts.breached,
      { one: "of them is late already", many: "of them are late already" },
      { href: "/queue?view=breached" as Route, tone: "bad", needs: true },
    ),
    ...lineOf(
      "mine",
      counts.mine,
      { one: "of them is claimed by you", many: "of them are claimed by you" },
      { href: "/queue?view=mine" as Route, tone: "hold", needs: true },
    ),
  ];
}
