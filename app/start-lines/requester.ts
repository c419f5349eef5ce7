import type { AuthorizedActor } from "#lib/domain/authority";
import { ownOrders } from "#lib/queries/start";
import { store } from "../reading";
import { lineOf, type StartLine } from "./line";

/** What became of what who looks has asked for. */
export async function requesterLines(actor: AuthorizedActor): Promise<StartLine[]> {
  const { toChange, open } = await ownOrders(actor, store());
  return [
    ...lineOf(
      "toChange",
      toChange,
      {
        one: "of your orders was sent back to be changed",
        many: "of your orders were sent back to be changed",
      },
      { href: "/requests", tone: "hold", needs: true },
    ),
    ...lineOf(
      "open",
      open,
      { one: "of your orders is under way", many: "of your orders are under way" },
      { href: "/requests", tone: "neutral", needs: false },
    ),
  ];
}
