import type { Metadata, Route } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { attentionPage, escalatedPage } from "#lib/queries/escalations";
import { namesOf } from "#lib/queries/people-names";
import { readersOf } from "#lib/queries/permission";
import { atRiskPage, claimedBy, loads, mayReassign } from "#lib/queries/supervision";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../../components/button";
import { EmptyState } from "../../components/empty-state";
import type { ViewTime } from "../../components/format";
import { PageHeading } from "../../components/page-heading";
import { Pagination } from "../../components/pagination";
import { QueueTable } from "../../components/queue-table";
import { ConsoleFrame } from "../console-frame";
import { outside } from "../engine";
import { single, store, viewNow, waiting } from "../reading";
import { AttentionList } from "./attention-list";
import { LoadTable } from "./load-table";
import { reassignableRows } from "./reassignable";

export const metadata: Metadata = { title: "Escalations" };

/** What supervisors look after: tasks whose time was up, and orders that stand still. */
export default async function EscalationsPage({ searchParams }: PageProps<"/escalations">) {
  const actor = await gate(...readersOf("escalations"));
  const asked = await searchParams;
  const [overdueAfter, soonAfter, stuckAfter] = [
    single(asked.overdue),
    single(asked.soon),
    single(asked.stuck),
  ];
  const view = await viewNow();
  const holder = single(asked.holder);
  if (holder) return <HolderPage actor={actor} holder={holder} after={single(asked.after)} view={view} />;
  const [overdue, soon, load, stuck] = await Promise.all([
    escalatedPage(actor, store(), overdueAfter),
    atRiskPage(actor, store(), view.now, soonAfter),
    loads(actor, store(), view.now),
    attentionPage(actor, store(), { cursor: stuckAfter, now: view.now, outside: await outside() }),
    waiting(actor),
  ]);
  const asRow = reassignableRows(actor, load.people);
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
            rows={overdue.lines.map(asRow)}
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
        <section aria-labelledby="soon" className="grid gap-2">
          <h2 id="soon" className="text-base">
            Due within the hour
          </h2>
          <QueueTable
            caption="Orders due within the hour, the soonest first"
            rows={soon.lines.map(asRow)}
            view={view}
            pages={{
              first: soonAfter ? "/escalations" : undefined,
              next: soon.next ? (`/escalations?soon=${encodeURIComponent(soon.next)}` as Route) : undefined,
            }}
            empty={{
              title: "Nothing is due within the hour",
              reason: "An order comes here in the last hour before its time is up.",
            }}
          />
        </section>
        <section aria-labelledby="load" className="grid gap-2">
          <h2 id="load" className="text-base">
            Who works on what
          </h2>
          {load.people.length === 0 ? (
            <EmptyState
              title="Nobody could take an order"
              reason="Reviewers and supervisors stand here, with what they have claimed. An admin gives these roles."
            />
          ) : (
            <LoadTable people={load.people} view={view} />
          )}
          {load.more.claims && (
            <p className="text-xs text-ink-muted">There are more claims than are counted here.</p>
          )}
          {load.more.people && (
            <p className="text-xs text-ink-muted">There are more people than are shown here.</p>
          )}
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

type HolderPageProps = { actor: AuthorizedActor; holder: string; after: string | undefined; view: ViewTime };

/** What one person has claimed, to be given back or handed to somebody else. */
async function HolderPage({ actor, holder, after, view }: HolderPageProps) {
  const [{ lines, next }, { people }, names] = await Promise.all([
    claimedBy(actor, store(), holder, after),
    mayReassign(actor) ? loads(actor, store(), view.now) : { people: [] },
    namesOf(store(), [holder]),
  ]);
  const name = names.person(holder);
  const here = `/escalations?holder=${encodeURIComponent(holder)}`;
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        kind="Escalations"
        title={`Claimed by ${name}`}
        description={
          mayReassign(actor)
            ? "Give an order back, for anybody to claim, or hand it to somebody else."
            : "A supervisor can give an order back or hand it to somebody else."
        }
        actions={<ButtonLink href="/escalations">All escalations</ButtonLink>}
      />
      <QueueTable
        caption={`Orders claimed by ${name}, the soonest due first`}
        rows={lines.map(reassignableRows(actor, people))}
        view={view}
        pages={{
          first: after ? (here as Route) : undefined,
          next: next ? (`${here}&after=${encodeURIComponent(next)}` as Route) : undefined,
        }}
        empty={{
          title: `${name} has claimed nothing`,
          reason: "What was claimed here is decided or free again.",
        }}
      />
    </ConsoleFrame>
  );
}
