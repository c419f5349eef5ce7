import type { Json } from "#lib/log/canonical";
import { freezeCall, type HttpCall, isHttpCall } from "./http-call";
import type { OrderState } from "./order";
import { placeholdersOf } from "./template";

/**
 * What each effect sends, frozen in its intent: the plain part, and the personal part that is stored encrypted. Adding an
 * effect means adding its line here and its adapter in `lib/effects`; one that is a single call over HTTP is described in the
 * workflow definition as `http.call.<connection>.<what>` and needs neither.
 */
export type EffectContent = {
  input: { [member: string]: Json | undefined };
  personal?: { [member: string]: Json | undefined };
};

type Personal = () => { [member: string]: Json | undefined };

const inputs: { [effect: string]: (state: OrderState, personal: Personal) => EffectContent } = {
  "carrier.dispatch": (state, personal) => {
    const { customer } = personal();
    return {
      input: { order: state.id, businessKey: state.businessKey, total: state.content.total },
      personal: customer === undefined ? undefined : { consignee: customer },
    };
  },
  "carrier.cancelDispatch": (state) => ({
    input: { order: state.id, trackingNumber: trackingNumber(state) },
  }),
  "carrier.proofOfDelivery": (state) => ({
    input: { order: state.id, trackingNumber: trackingNumber(state) },
  }),
};

/** The intent an `http.call` is frozen for: its key, the call as the step describes it, and the key of what it undoes. */
export type CallIntent = { key: string; call: HttpCall | undefined; compensates?: string };

/** Throws for an effect nobody described: the lint of definitions keeps that from a running system. */
export function effectContent(
  effect: string,
  state: OrderState,
  personal: Personal,
  intent: CallIntent,
): EffectContent {
  if (intent.call) return freezeCall(intent.call, placeholdersOf({ state, personal, ...intent }));
  const build = inputs[effect];
  if (!build) throw new Error(`nothing says what the effect ${effect} sends`);
  return build(state, personal);
}

export function isKnownEffect(effect: string): boolean {
  return Object.hasOwn(inputs, effect) || isHttpCall(effect);
}

function trackingNumber(state: OrderState): string {
  const dispatch = Object.values(state.effects).findLast(
    ({ effect, receipt }) => effect === "carrier.dispatch" && receipt,
  );
  return dispatch?.receipt?.reference ?? "";
}
