import type { Metadata, Route } from "next";
import { notFound } from "next/navigation";
import { formatMoney } from "#lib/domain/money";
import { type OrderView, orderView } from "#lib/queries/order";
import { customerName } from "#lib/queries/personal";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../../../components/button";
import type { ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { Notice } from "../../../components/notice";
import { PageHeading } from "../../../components/page-heading";
import { Panel } from "../../../components/panel";
import { PolicyResult } from "../../../components/policy-result";
import { WorkflowDrawing } from "../../../components/workflow-drawing";
import { ConsoleFrame } from "../../console-frame";
import { outside } from "../../engine";
import { store, viewNow } from "../../reading";
import { OrderBadge } from "../../status-badges";
import { orderTitle } from "../../task-rows";
import { CancelOrder } from "./cancel-order";
import { addressOf } from "./history-address";
import { HistoryPanel } from "./history-panel";
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
  const address = addressOf(await searchParams);
  const order = await orderView(actor, store(), (await params).id, view.now, await outside(), address);
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
            <WorkflowDrawing label="Steps" steps={order.path} edges={order.ways} />
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
        <HistoryPanel
          id={order.id}
          history={order.history}
          part={order.historyPart}
          quiet={order.quiet}
          address={address}
          view={view}
        />
        {order.mayCancel && <CancelOrder order={order.id} />}
      </div>
    </ConsoleFrame>
  );
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
