import { randomUUID } from "node:crypto";
import { engineProcess } from "#lib/engine/process";
import type { OrderView } from "#lib/queries/order";
import { CommandForm } from "../../../components/command-form";
import { Notice } from "../../../components/notice";
import { retry } from "../actions";

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
          {order.failedEffects.map(({ key, title, mayRetry }) =>
            mayRetry ? (
              <div key={key} className="pt-2">
                <CommandForm
                  action={retry}
                  hidden={{ order: order.id, key, commandId: randomUUID() }}
                  label={`Try again: ${title}`}
                  size="small"
                  note={{
                    label: "Why it should work now",
                    required: true,
                    hint: "It is sent under the same key, so it cannot happen twice.",
                  }}
                />
              </div>
            ) : (
              <p key={key}>A supervisor can have “{title}” tried again.</p>
            ),
          )}
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
