import type { Metadata, Route } from "next";
import { notFound } from "next/navigation";
import type { AuthorizedActor } from "#lib/domain/authority";
import { formatMoney } from "#lib/domain/money";
import { type OrderView, orderView } from "#lib/queries/order";
import { history_lines_per_page } from "#lib/queries/order-history";
import { differenceBetween, orderThen } from "#lib/queries/past-order";
import { customerName } from "#lib/queries/personal";
import { type Why, whyOf } from "#lib/queries/why";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../../../components/button";
import type { ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { Notice } from "../../../components/notice";
import { PageHeading } from "../../../components/page-heading";
import { Panel } from "../../../components/panel";
import { PolicyResult } from "../../../components/policy-result";
import { type WhyAnswer, WhyList } from "../../../components/why-list";
import { WorkflowDrawing } from "../../../components/workflow-drawing";
import { ConsoleFrame } from "../../console-frame";
import { outside } from "../../engine";
import { store, viewNow } from "../../reading";
import { OrderBadge } from "../../status-badges";
import { orderTitle } from "../../task-rows";
import { AdditionsPanel } from "./additions-panel";
import { CancelOrder } from "./cancel-order";
import { addressOf, type OrderAddress, orderHref } from "./history-address";
import { HistoryPanel } from "./history-panel";
import { OrderContent } from "./order-content";
import { OrderNotices } from "./order-notices";
import { OrderTaskPanel } from "./order-task-panel";
import { OrderThen } from "./order-then";
import { OutsidePanel } from "./outside-panel";
import { customerOf } from "./personal";
import { policyRules } from "./policy-rules";

export const metadata: Metadata = { title: "Order" };

/** One order: where it is, what it says, what this person may do with it, and everything that happened to it. */
export default async function OrderPage({ params, searchParams }: PageProps<"/orders/[id]">) {
  const actor = await gate();
  const view = await viewNow();
  const { id } = await params;
  const address = addressOf(await searchParams);
  if (address.at !== undefined) return <PastOrderPage actor={actor} id={id} address={address} view={view} />;
  const [order, whys] = await Promise.all([
    orderView(actor, store(), id, view.now, await outside(), address),
    whyOf(actor, store(), id, await outside()),
  ]);
  if (!order || !whys) notFound();
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
            {whys.length > 0 && (
              <Panel title="Why">
                <WhyList answers={answersOf(whys, order, address)} view={view} />
              </Panel>
            )}
            <Panel title="What the policy found">
              <PolicyResult rules={policyRules(order, actor, { exactly: true })} />
            </Panel>
          </div>
          <OrderContent order={order} view={view} />
        </div>
        <HistoryPanel
          id={order.id}
          version={order.version}
          history={order.history}
          part={order.historyPart}
          quiet={order.quiet}
          address={address}
          view={view}
        />
        {order.mayAdd && (
          <div className="print:hidden">
            <AdditionsPanel order={order.id} />
          </div>
        )}
        {order.mayCancel && (
          <div className="print:hidden">
            <CancelOrder order={order.id} />
          </div>
        )}
      </div>
    </ConsoleFrame>
  );
}

/** The same page as of one of the order's events. */
async function PastOrderPage({
  actor,
  id,
  address,
  view,
}: {
  actor: AuthorizedActor;
  id: string;
  address: OrderAddress;
  view: ViewTime;
}) {
  const order = await orderThen(actor, store(), id, address.at ?? 1);
  if (!order) notFound();
  const since = Math.min(address.since ?? Math.max(1, order.at - 1), order.length);
  const [from, to] = [Math.min(since, order.at), Math.max(since, order.at)];
  const differences = (await differenceBetween(actor, store(), id, from, to)) ?? [];
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        kind="Order, as it was"
        title={orderTitle({ customer: customerName(customerOf(order)), businessKey: order.businessKey })}
        status={<OrderBadge status={order.standing} />}
        description={`${formatMoney(order.content.total)}, asked for by ${order.requestedBy}`}
      />
      <OrderThen
        rules={policyRules(order, actor, { exactly: true })}
        order={order}
        since={since}
        asked={address.since !== undefined}
        differences={differences}
        view={view}
      />
    </ConsoleFrame>
  );
}

/** Answers with each event they rest on as a place: in the history that is shown, or on the page that has it. */
function answersOf(whys: readonly Why[], { id, history }: OrderView, { order }: OrderAddress): WhyAnswer[] {
  const shown = new Set(history.map(({ version }) => version));
  const hrefOf = (version: number) =>
    shown.has(version)
      ? `#v${version}`
      : orderHref(id, { order, upTo: Math.max(version, history_lines_per_page) }, version);
  return whys.map(({ question, because }) => ({
    question,
    because: because.map(({ parts, version }) => ({
      parts,
      event: version === null ? undefined : { version, href: hrefOf(version) },
    })),
  }));
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
