import { logNews } from "#lib/queries/audit-log";
import { logActors, logSearch } from "#lib/queries/audit-search";
import { isProblem, problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import type { EventNews } from "../../../components/event-watch";
import { demandReaderSession } from "../../reader-session";
import { store } from "../../reading";
import { addressRead } from "../address";
import { eventRow } from "../rows";

/** What fits a query of everything recorded from a position on: `GET /audit/news?q=<query>&from=<position>`. */
export const GET = route(async (request) => {
  const actor = await demandReaderSession("auditLog", "To watch the log you need the role auditor or admin.");
  if (isProblem(actor)) return actor;
  const asked = Object.fromEntries(new URL(request.url).searchParams);
  if (!/^\d{1,15}$/.test(asked.from ?? ""))
    return problem(400, "invalid", "from is the position to go on at: a number.");
  const { filter } = await logSearch(
    actor,
    store(),
    addressRead(asked).query,
    await logActors(actor, store()),
  );
  const { lines, next, gap } = await logNews(actor, store(), filter, Number(asked.from));
  return { status: 200, body: { lines: lines.map(eventRow), next, gap } satisfies EventNews };
});
