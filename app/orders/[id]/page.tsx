import type { Metadata, Route } from "next";
import { notFound } from "next/navigation";
import { formatMoney } from "#lib/domain/money";
import { history_lines_per_page, type OrderView, orderView } from "#lib/queries/order";
import { customerName } from "#lib/queries/personal";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../../../components/button";
import { formatNumber, type ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { Notice } from "../../../components/notice";
import { PageHeading } from "../../../components/page-heading";
import { type PageLinks, Pagination } from "../../../components/pagination";
import { Panel } from "../../../components/panel";
import { PolicyResult } from "../../../components/policy-result";
import { StepPath } from "../../../components/step-path";
import { Timeline } from "../../../components/timeline";
import { ConsoleFrame } from "../../console-frame";
import { outside } from "../../engine";
import { single, store, viewNow } from "../../reading";
import { OrderBadge } from "../../status-badges";
import { orderTitle } from "../../task-rows";
import { CancelOrder } from "./cancel-order";
import { OrderContent } from "./order-content";
import { OrderNotices } from "./order-notices";
import { OrderTaskPanel } from "./order-task-panel";
import { OutsidePanel } from "./outside-panel";
import { customerOf } from "./personal";
import { policyRules } from "./policy-rules";

export const metadata: Metadata = { title: "Order" };

/** One order: where it is, what it says, what this person may do with it, and everything that happened to it. */
export default async function OrderPage({ params, searchParams }: PageProps<"/orders/[id]">) {
  const actor = await gate();
  const view = await viewNow();
  const upTo = versionOf(single((await searchParams).upTo));
  const order = await orderView(actor, store(), (await params).id, view.now, await outside(), upTo);
  if (!order) notFound();
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        kind="Order"
        title={orderTitle({ customer: customerName(customerOf(order)), businessKey: order.businessKey })}
        status={<OrderBadge status={order.standing} />}
        description={<Description order={order} view={view} />}
        actions={
          order.changesAsked && (
            <ButtonLink href={`/requests/${order.id}/amend` as Route} variant="primary">
              Change the order
            </ButtonLink>
          )
        }
      />
      <div className="grid gap-4">
        <OrderNotices order={order} />
        <Panel title="Where it is">
          {order.path.length > 0 ? (
            <StepPath steps={order.path} />
          ) : (
            <Notice kind="warning" title={`This version of Holdpoint does not have ${order.workflow}`}>
              What happened to the order is shown below; nothing can be done with it here.
            </Notice>
          )}
        </Panel>
        <OutsidePanel order={order} view={view} />
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <div className="grid gap-4">
            {order.tasks.map((task) => (
              <OrderTaskPanel key={`${task.step} ${task.visit}`} order={order.id} task={task} view={view} />
            ))}
            <Panel title="What the policy found">
              <PolicyResult rules={policyRules(order)} />
            </Panel>
          </div>
          <OrderContent order={order} />
        </div>
        <Panel title="What happened">
          <Timeline entries={order.history} view={view} />
          <Pagination of="What happened" {...historyPages(order)} />
        </Panel>
        {order.mayCancel && <CancelOrder order={order.id} />}
      </div>
    </ConsoleFrame>
  );
}

function versionOf(text: string | undefined): number | undefined {
  return /^\d{1,9}$/.test(text ?? "") ? Number(text) : undefined;
}

/** The ways through a history too long for one page, oldest first; none for a shorter one. */
function historyPages({
  id,
  historyPart: { first, last, length },
}: OrderView): PageLinks & { summary?: string } {
  if (first === 1 && last === length) return {};
  const upTo = (version: number) => `/orders/${id}?upTo=${version}` as Route;
  const next = Math.min(last + history_lines_per_page, length);
  return {
    summary: `Events ${formatNumber(first)} to ${formatNumber(last)} of ${formatNumber(length)}`,
    first: first > 1 ? upTo(history_lines_per_page) : undefined,
    previous: first > 1 ? upTo(first - 1) : undefined,
    next: last < length ? (next === length ? (`/orders/${id}` as Route) : upTo(next)) : undefined,
  };
}

function Description({ order, view }: { order: OrderView; view: ViewTime }) {
  return (
    <>
      {formatMoney(order.content.total)}, asked for by {order.requestedBy}, received{" "}
      <Moment at={order.receivedAt} view={view} as="instant" />
      {order.past && (
        <>
          , brought in from <Moment at={order.occurredAt} view={view} as="instant" />
        </>
      )}
    </>
  );
}
