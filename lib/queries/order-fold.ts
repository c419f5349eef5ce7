import { evolve, type OrderState } from "#lib/domain/order";
import type { StoredEvent } from "./store";

/** Folds an order as far as this version of Holdpoint can read it; `unreadable` says what it could not. */
export function foldOrder(events: readonly StoredEvent[]): {
  state: OrderState | null;
  unreadable: string | null;
} {
  let state: OrderState | null = null;
  for (const { body, event } of events) {
    if (!event)
      return {
        state,
        unreadable: `This version of Holdpoint does not know what ${body.type} means, which stands in version ${body.version}.`,
      };
    state = evolve(state, event);
  }
  return { state, unreadable: null };
}
