import type { OrderView } from "#lib/queries/order";
import type { ViewTime } from "../../../components/format";
import { Panel } from "../../../components/panel";
import { UnsettledEffects } from "../unsettled-effects";

/** What is not settled outside. An answer that is merely awaited is shown to those alone who could say what it is. */
export function OutsidePanel({ order, view }: { order: OrderView; view: ViewTime }) {
  const { effects, clearing } = order.unsettled;
  const shown = effects.filter(
    ({ status, offers }) => status !== "PENDING" || offers.some(({ refused }) => refused === null),
  );
  if (shown.length === 0 && !clearing) return null;
  return (
    <Panel title="Not settled outside">
      <UnsettledEffects order={order.id} unsettled={{ effects: shown, clearing }} view={view} />
    </Panel>
  );
}
