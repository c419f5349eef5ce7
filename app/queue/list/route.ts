import { authContext } from "#lib/auth/context";
import { queueOf } from "#lib/queries/queue";
import { cutNamed } from "#lib/queries/queue-cut";
import { isProblem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { demandReaderSession } from "../../reader-session";
import { store } from "../../reading";
import { queueLine, queuePage, viewLinks } from "../lines";

const orders_max = 100;

/**
 * What an open queue asks for, as JSON: `GET /queue/list?view=…`, which takes the name of a cut, gives a page and `next`, `&after=<next>` the one behind it;
 * `&orders=a,b` those of these orders (at most 100) that are in the cut now. Each answer has the cuts' counts, too.
 */
export const GET = route(async (request) => {
  const actor = await demandReaderSession(
    "queue",
    "To read the queue you need the role reviewer or supervisor.",
  );
  if (isProblem(actor)) return actor;
  const asked = new URL(request.url).searchParams;
  const now = authContext().clock.now();
  const cut = cutNamed(asked.get("view") ?? "all") ?? { view: "all" };
  const orders = asked.get("orders")?.split(",").slice(0, orders_max);
  const [page, views] = await Promise.all([
    orders
      ? queueOf(actor, store(), now, { ...cut, orders }).then((lines) => ({
          lines: lines.map((line) => queueLine(line, actor, cut)),
          next: null,
          sortedOf: null,
        }))
      : queuePage(actor, now, cut, asked.get("after") ?? undefined),
    viewLinks(actor, now, cut),
  ]);
  return { status: 200, body: { ...page, views, now } };
});
