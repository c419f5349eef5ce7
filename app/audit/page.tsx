import type { Metadata, Route } from "next";
import { eventTypes, logActors, logPage } from "#lib/queries/audit-log";
import { databaseHealth } from "#lib/queries/health";
import { readersOf } from "#lib/queries/permission";
import { gate } from "#lib/web/gate";
import { EventTable } from "../../components/event-table";
import { FilterBar } from "../../components/filter-bar";
import { formatNumber } from "../../components/format";
import { PageHeading } from "../../components/page-heading";
import { Panel } from "../../components/panel";
import { VerifyPanel } from "../../components/verify-panel";
import { ConsoleFrame } from "../console-frame";
import { store, viewNow } from "../reading";
import { startVerify } from "./actions";
import { AppendOnly } from "./append-only";
import { atPosition, filterOf, filterTexts } from "./log-filter";
import { latestVerification } from "./verification";

export const metadata: Metadata = { title: "Audit" };

/** The log by position, with filters, and its verification. */
export default async function AuditPage({ searchParams }: PageProps<"/audit">) {
  const actor = await gate(...readersOf("auditLog"));
  const texts = filterTexts(await searchParams);
  const view = await viewNow();
  const [page, actors, health] = await Promise.all([
    logPage(actor, store(), filterOf(texts)),
    logActors(actor, store()),
    databaseHealth(store().database),
  ]);
  const first = page.lines[0]?.pos;
  const last = page.lines.at(-1)?.pos;
  const lookedDownTo =
    page.lookedDownTo === null ? "" : ` Looked down to position ${formatNumber(page.lookedDownTo)}.`;
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Audit"
        description={`${formatNumber(page.length)} events, newest first. The bytes of each are what its leaf hash covers.`}
      />
      <div className="grid gap-6">
        <AppendOnly health={health} />
        <Panel title="Verify">
          <VerifyPanel
            start={startVerify}
            statusUrl="/audit/verify"
            view={view}
            latest={latestVerification()}
          />
        </Panel>
        <section aria-label="Log">
          <FilterBar
            label="Audit log"
            action="/audit"
            fields={[
              {
                kind: "text",
                name: "stream",
                label: "Order or stream",
                value: texts.stream,
                placeholder: "id, or person/ana",
              },
              {
                kind: "select",
                name: "type",
                label: "Event",
                value: texts.type,
                options: [
                  { value: "", label: "All" },
                  ...eventTypes.map((type) => ({ value: type, label: type })),
                ],
              },
              {
                kind: "select",
                name: "actor",
                label: "By",
                value: texts.actor,
                options: [
                  { value: "", label: "Anybody" },
                  ...actors.map(({ id, name }) => ({ value: id, label: name })),
                ],
              },
              { kind: "date", name: "from", label: "From (UTC)", value: texts.from },
              { kind: "date", name: "until", label: "Until (UTC)", value: texts.until },
              { kind: "number", name: "position", label: "Up to position", value: texts.position },
            ]}
          />
          <EventTable
            caption="Events of the log, newest first"
            rows={page.lines.map((line) => ({
              ...line,
              streamHref: line.stream.startsWith("order/")
                ? (`/orders/${line.stream.slice("order/".length)}` as Route)
                : undefined,
            }))}
            view={view}
            pages={{
              first: texts.position ? atPosition(texts, undefined) : undefined,
              next: page.next === null ? undefined : atPosition(texts, page.next),
              summary:
                first === undefined || last === undefined
                  ? lookedDownTo.trim() || undefined
                  : `Positions ${formatNumber(first)} to ${formatNumber(last)}.${lookedDownTo}`,
            }}
            empty={{
              title: "No event is like that",
              reason:
                page.next === null
                  ? "Nothing in the log fits the filters. Clear them to see everything."
                  : `Nothing down to position ${formatNumber(page.next + 1)} fits the filters. The next page looks further down.`,
            }}
          />
        </section>
      </div>
    </ConsoleFrame>
  );
}
