import type { Metadata, Route } from "next";
import Form from "next/form";
import Link from "next/link";
import { type FoundGroup, findOrders, onlyOne } from "#lib/queries/find";
import type { OrderLine } from "#lib/queries/order-lines";
import { mayRead, readersOf } from "#lib/queries/permission";
import { gate } from "#lib/web/gate";
import { Button, buttonClass } from "../../components/button";
import { EmptyState } from "../../components/empty-state";
import { TextField } from "../../components/field";
import { PageHeading } from "../../components/page-heading";
import { ConsoleFrame } from "../console-frame";
import { OrderList } from "../orders/order-list";
import { single, store, viewNow, waiting } from "../reading";
import { orderTitle } from "../task-rows";
import { foundLabel } from "./found";

export const metadata: Metadata = { title: "Search" };

/** Orders by any number on the paper. */
export default async function SearchPage({ searchParams }: PageProps<"/search">) {
  const actor = await gate(...readersOf("ownOrders"));
  const text = single((await searchParams).q)?.trim();
  const view = await viewNow();
  const [groups] = await Promise.all([text ? findOrders(actor, store(), text) : [], waiting(actor)]);
  const own = !mayRead(actor, "orders");
  const only = onlyOne(groups);
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Search"
        description={own ? "Your orders by any number on the paper." : "Orders by any number on the paper."}
      />
      <search>
        <Form action="/search" className="flex max-w-xl items-end gap-2 pb-6">
          <div className="min-w-0 flex-1">
            <TextField
              key={text}
              name="q"
              type="search"
              label="Number"
              defaultValue={text}
              autoComplete="off"
              spellCheck={false}
              maxLength={200}
              required
            />
          </div>
          <Button type="submit" variant="primary">
            Search
          </Button>
        </Form>
      </search>
      {groups.length === 0 ? (
        <EmptyState
          title={text ? `No order has the number ${text}` : "Which number is on the paper?"}
          reason={`What is found: the order’s number, whole or its beginning, the carrier’s tracking number, the customer’s reference or the order’s id. All but the order’s number have to be whole.${
            own ? " Here you find orders you asked for." : ""
          }`}
        />
      ) : (
        <div className="grid gap-6">
          {only && <OnlyOne line={only} text={text ?? ""} />}
          {groups.map((group) => (
            <Group key={group.by} group={group} view={view} own={own} />
          ))}
        </div>
      )}
    </ConsoleFrame>
  );
}

function OnlyOne({ line, text }: { line: OrderLine; text: string }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-edge bg-accent-tint px-4 py-3">
      <p className="min-w-0 wrap-anywhere">
        <span className="font-semibold">{text}</span> is one order: {orderTitle(line)}.
      </p>
      <Link href={`/orders/${line.order}` as Route} className={buttonClass("primary")}>
        Open the order
      </Link>
    </div>
  );
}

type GroupProps = { group: FoundGroup; view: Parameters<typeof OrderList>[0]["view"]; own: boolean };

function Group({ group: { by, orders, more }, view, own }: GroupProps) {
  const label = foundLabel(by);
  return (
    <section aria-labelledby={by} className="grid gap-2">
      <h2 id={by} className="text-sm">
        {label}
      </h2>
      <OrderList caption={`Orders found by: ${label}`} lines={orders} view={view} own={own} />
      {more && (
        <p className="text-xs text-ink-muted">
          {by === "numberBegins"
            ? "There are others. Type more of the number."
            : "There are others, received earlier."}
        </p>
      )}
    </section>
  );
}
