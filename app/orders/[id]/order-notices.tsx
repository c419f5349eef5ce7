import { engineProcess } from "#lib/engine/process";
import type { OrderView } from "#lib/queries/order";
import { Notice } from "../../../components/notice";

/** What somebody must know before reading on: that the order stands still, why, and how it can go on. */
export async function OrderNotices({ order }: { order: OrderView }) {
  const { effectsMissing } = await engineProcess();
  const nothingSent = order.standing === "working" && effectsMissing;
  return (
    <>
      {order.unreadable && (
        <Notice kind="error" title="Not everything about this order can be read">
          {order.unreadable} Nothing can be done with it until a version that does is installed.
        </Notice>
      )}
      {order.needsAttention && (
        <Notice kind="error" title="This order needs attention">
          <p>{order.needsAttention}</p>
        </Notice>
      )}
      {order.changesAsked && (
        <Notice kind="warning" title="You are asked to change this order">
          <p className="whitespace-pre-line">{order.changesAsked.asked ?? "Read below what was said."}</p>
        </Notice>
      )}
      {nothingSent && (
        <Notice kind="info" title="Nothing is sent from here">
          {effectsMissing}
        </Notice>
      )}
    </>
  );
}
