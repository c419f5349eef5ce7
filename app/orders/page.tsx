import type { Metadata } from "next";
import { orderStandings, ordersPage } from "#lib/queries/orders";
import { lines_per_page, looked_max } from "#lib/queries/page";
import { readersOf } from "#lib/queries/permission";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../../components/button";
import { EmptyState } from "../../components/empty-state";
import { FilterBar } from "../../components/filter-bar";
import { formatNumber } from "../../components/format";
import { PageHeading } from "../../components/page-heading";
import { Pagination } from "../../components/pagination";
import { ConsoleFrame } from "../console-frame";
import { single, store, viewNow, waiting } from "../reading";
import { orderLabel } from "../status-badges";
import { filterOf, filterTexts, ordersFrom, zoneOf } from "./order-filter";
import { OrderList } from "./order-list";

export const metadata: Metadata = { title: "Orders" };

/** All orders, newest first, with filters. */
export default async function OrdersPage({ searchParams }: PageProps<"/orders">) {
  const actor = await gate(...readersOf("orders"));
  const asked = await searchParams;
  const texts = filterTexts(asked);
  const after = single(asked.after);
  const view = await viewNow();
  const [{ lines, next }] = await Promise.all([
    ordersPage(actor, store(), filterOf(texts), after),
    waiting(actor),
  ]);
  const zone = texts.until ? zoneOf(texts) : view.timeZone;
  const stopped = next !== null && lines.length < lines_per_page;
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading title="Orders" description="Every order, newest first, and where it stands." />
      <FilterBar
        label="Orders"
        action="/orders"
        unseen={{ zone }}
        fields={[
          {
            kind: "select",
            name: "status",
            label: "Status",
            value: texts.status,
            options: [
              { value: "", label: "All" },
              ...orderStandings.map((standing) => ({ value: standing, label: orderLabel(standing) })),
            ],
          },
          {
            kind: "select",
            name: "asked",
            label: "Policy asked for",
            value: texts.asked,
            options: [
              { value: "", label: "Anybody or nobody" },
              { value: "nobody", label: "Nobody: let through" },
            ],
          },
          {
            kind: "text",
            name: "number",
            label: "Order number",
            value: texts.number,
            placeholder: "in full",
          },
          {
            kind: "date",
            name: "until",
            label: zone === view.timeZone ? "Received until" : `Received until (${zone})`,
            value: texts.until,
          },
        ]}
      />
      {lines.length === 0 ? (
        <NoOrders filtered={Object.values(filterOf(texts)).some(Boolean)} more={next !== null} />
      ) : (
        <OrderList caption="Orders, newest first" lines={lines} view={view} />
      )}
      <Pagination
        of="Orders"
        summary={
          stopped
            ? `Of ${formatNumber(looked_max)} orders looked at. The next page looks further back.`
            : undefined
        }
        first={after ? ordersFrom(texts, undefined) : undefined}
        next={next ? ordersFrom(texts, next) : undefined}
      />
    </ConsoleFrame>
  );
}

function NoOrders({ filtered, more }: { filtered: boolean; more: boolean }) {
  if (more)
    return (
      <EmptyState
        title="None of these is like that"
        reason="Older orders may be. Look further back, or choose a day to begin at."
      />
    );
  if (filtered)
    return (
      <EmptyState
        title="No order is like that"
        reason="No order fits the filters. A number is found when it is given in full."
      >
        <ButtonLink href="/orders">See all orders</ButtonLink>
      </EmptyState>
    );
  return (
    <EmptyState
      title="There are no orders yet"
      reason="They come here however they were asked for: in Requests, through the API or by an import."
    />
  );
}
