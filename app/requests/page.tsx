import type { Metadata, Route } from "next";
import { readersOf } from "#lib/queries/permission";
import { needingChanges, requestsPage } from "#lib/queries/requests";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../../components/button";
import { EmptyState } from "../../components/empty-state";
import { PageHeading } from "../../components/page-heading";
import { Pagination } from "../../components/pagination";
import { ConsoleFrame } from "../console-frame";
import { OrderList } from "../orders/order-list";
import { single, store, viewNow, waiting } from "../reading";
import { mayAsk } from "./may-ask";

export const metadata: Metadata = { title: "Requests" };

/** What this person asked for; first what waits for this person to change it. */
export default async function RequestsPage({ searchParams }: PageProps<"/requests">) {
  const actor = await gate(...readersOf("ownOrders"));
  const after = single((await searchParams).after);
  const view = await viewNow();
  const [changes, { lines, next }] = await Promise.all([
    after ? [] : needingChanges(actor, store()),
    requestsPage(actor, store(), after),
    waiting(actor),
  ]);
  const asks = mayAsk(actor);
  const newOrder = (
    <ButtonLink href="/requests/new" variant="primary">
      New order
    </ButtonLink>
  );
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Requests"
        description="The orders you asked for, and what became of them."
        actions={asks && newOrder}
      />
      {lines.length === 0 ? (
        <EmptyState
          title="You have not asked for an order"
          reason={
            asks
              ? "An order you ask for is checked at once; a person looks at it when the policy says so."
              : "To ask for orders you need the role requester or supervisor. An admin can give it to you."
          }
        >
          {asks && newOrder}
        </EmptyState>
      ) : (
        <div className="grid gap-6">
          {changes.length > 0 && (
            <section aria-labelledby="changes" className="grid gap-2">
              <h2 id="changes" className="text-sm">
                Waiting for changes by you
              </h2>
              <OrderList caption="Orders waiting for changes by you" lines={changes} view={view} own />
            </section>
          )}
          <section aria-labelledby="all" className="grid gap-2">
            <h2 id="all" className="text-sm">
              All, newest first
            </h2>
            <OrderList caption="All orders you asked for" lines={lines} view={view} own />
            <Pagination
              of="Requests"
              first={after ? "/requests" : undefined}
              next={next ? (`/requests?after=${encodeURIComponent(next)}` as Route) : undefined}
            />
          </section>
        </div>
      )}
    </ConsoleFrame>
  );
}
