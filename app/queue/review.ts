import type { Route } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { formatMoney } from "#lib/domain/money";
import { type EarlierOrder, earlierOrders } from "#lib/queries/customer-orders";
import { type OrderView, orderView } from "#lib/queries/order";
import type { OrderTask } from "#lib/queries/order-tasks";
import { mayRead } from "#lib/queries/permission";
import { customerName } from "#lib/queries/personal";
import { whatFollows } from "#lib/queries/what-follows";
import { formatDate, type ViewTime } from "../../components/format";
import type { ReviewData, ReviewTask } from "../../components/review-data";
import { outside } from "../engine";
import { customerOf, linesOf, noteOf } from "../orders/[id]/personal";
import { policyRules } from "../orders/[id]/policy-rules";
import { store } from "../reading";
import { orderLook } from "../status-badges";
import { orderTitle, pausedWords } from "../task-rows";
import { verdictTones } from "../verdict-tones";
import { reasonsFor } from "./reasons";

const happened_max = 5;

/** Everything an order is decided by beside the queue; null where there is none this person may see. */
export async function reviewOf(
  actor: AuthorizedActor,
  id: string,
  view: ViewTime,
): Promise<ReviewData | null> {
  const { now } = view;
  const order = await orderView(actor, store(), id, now, await outside());
  if (!order) return null;
  const customer = customerOf(order);
  const money = (amount: number) => formatMoney({ amount, currency: order.content.total.currency });
  return {
    order: id,
    orderHref: `/orders/${id}` as Route,
    title: orderTitle({ customer: customerName(customer), businessKey: order.businessKey }),
    standing: orderLook(order.standing),
    total: formatMoney(order.content.total),
    requestedBy: order.requestedBy,
    receivedAt: order.receivedAt,
    now,
    facts: [
      { label: "Order number", value: order.businessKey, from: `from ${order.source}` },
      { label: "Customer", value: customer.name },
      { label: "Customer reference", value: customer.reference },
      { label: "Country", value: order.content.country },
      { label: "Ordered on", value: order.content.orderedOn && formatDate(order.content.orderedOn, view) },
      ...(customer.address ? [{ label: "Address", value: customer.address }] : []),
    ],
    note: noteOf(order),
    lines: linesOf(order).map((line, index) => ({
      id: String(index),
      sku: line.description ? line.sku : undefined,
      description: line.description ?? line.sku,
      quantity: String(line.quantity),
      unitPrice: money(line.unitPrice),
      amount: money(line.unitPrice * line.quantity),
    })),
    policy: policyRules(order, actor, { exactly: false }),
    earlier: await earlierOf(actor, order),
    tasks: order.tasks.map((task) => reviewTask(order, task)),
    trouble: order.unreadable ?? order.needsAttention,
    happened: order.history
      .filter(({ technical }) => !technical)
      .slice(-happened_max)
      .map(({ version, at, actor: by, sentence, note }) => ({ version, at, by: by.name, sentence, note })),
  };
}

async function earlierOf(actor: AuthorizedActor, order: OrderView): Promise<ReviewData["earlier"]> {
  const { customerIndex } = order.content;
  if (!customerIndex || !mayRead(actor, "orders")) return null;
  const { orders, more } = await earlierOrders(actor, store(), {
    customerIndex,
    order: order.id,
    receivedAt: order.receivedAt,
  });
  return { orders: orders.map(earlierLine), more };
}

function earlierLine({ order, businessKey, total, receivedAt, standing, decided }: EarlierOrder) {
  return {
    href: `/orders/${order}` as Route,
    number: businessKey,
    total: formatMoney(total),
    receivedAt,
    standing: orderLook(standing),
    decided: decided ? `${decided.participle} by ${decided.by}` : "No person decided it",
  };
}

function reviewTask(order: OrderView, task: OrderTask): ReviewTask {
  const { step, visit, evidence, mine, decision } = task;
  return {
    key: `${order.id}/${step}/${visit}`,
    step,
    visit,
    title: task.title,
    sla: { breachAt: task.breachAt, goal_ms: task.goal_ms, pausedWhy: pausedWords(task.pausedWhy) },
    owner: task.owner,
    mine,
    evidence,
    waits: task.pausedWhy,
    verdicts: task.verdicts.map(({ verdict, label, kind, irreversible, blocked }) => ({
      value: verdict,
      label,
      tone: verdictTones[kind],
      needsNote: kind === "sendBack",
      blocked: blocked ?? undefined,
      irreversible,
      follows: whatFollows(order.workflow, step, verdict, order.requestedBy),
      reasons: reasonsFor(kind),
    })),
    mayClaim: task.mayClaim,
    mayRelease: task.mayRelease,
    mayTakeOver: task.mayTakeOver,
    decision: decision && {
      participle: decision.participle,
      by: decision.by,
      effectiveAt: decision.effectiveAt,
      mine: decision.mine,
    },
  };
}
