import type { Metadata, Route } from "next";
import { attentionPage, escalatedPage } from "#lib/queries/escalations";
import { readersOf } from "#lib/queries/permission";
import { gate } from "#lib/web/gate";
import { EmptyState } from "../../components/empty-state";
import { PageHeading } from "../../components/page-heading";
import { Pagination } from "../../components/pagination";
import { QueueTable } from "../../components/queue-table";
import { ConsoleFrame } from "../console-frame";
import { outside } from "../engine";
import { single, store, viewNow, waiting } from "../reading";
import { taskRow } from "../task-rows";
import { AttentionList } from "./attention-list";

export const metadata: Metadata = { title: "Escalations" };

/** What supervisors look after: tasks whose time was up, and orders that stand still. */
export default async function EscalationsPage({ searchParams }: PageProps<"/escalations">) {
  const actor = await gate(...readersOf("escalations"));
  const asked = await searchParams;
  const [overdueAfter, stuckAfter] = [single(asked.overdue), single(asked.stuck)];
  const view = await viewNow();
  const [overdue, stuck] = await Promise.all([
    escalatedPage(actor, store(), overdueAfter),
    attentionPage(actor, store(), { cursor: stuckAfter, now: view.now, outside: await outside() }),
    waiting(actor),
  ]);
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Escalations"
        description="Orders whose time to decide was up, and orders that stand still until somebody looks."
      />
      <div className="grid gap-8">
        <section aria-labelledby="overdue" className="grid gap-2">
          <h2 id="overdue" className="text-base">
            Time was up
          </h2>
          <QueueTable
            caption="Escalated orders, longest overdue first"
            rows={overdue.lines.map(taskRow)}
            view={view}
            pages={{
              first: overdueAfter ? "/escalations" : undefined,
              next: overdue.next
                ? (`/escalations?overdue=${encodeURIComponent(overdue.next)}` as Route)
                : undefined,
            }}
            empty={{
              title: "Nothing is overdue",
              reason:
                "An order comes here when nobody decided it in time. Supervisors may then decide it too.",
            }}
          />
        </section>
        <section aria-labelledby="stuck" className="grid gap-2">
          <h2 id="stuck" className="text-base">
            Needs attention
          </h2>
          {stuck.lines.length === 0 ? (
            <EmptyState
              title="Nothing stands still"
              reason="An order comes here when something outside failed for good, is in doubt or contradicts itself."
            />
          ) : (
            <AttentionList lines={stuck.lines} view={view} />
          )}
          <Pagination
            of="Needs attention"
            first={stuckAfter ? "/escalations" : undefined}
            next={stuck.next ? (`/escalations?stuck=${encodeURIComponent(stuck.next)}` as Route) : undefined}
          />
        </section>
      </div>
    </ConsoleFrame>
  );
}
