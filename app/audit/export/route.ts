import { authContext } from "#lib/auth/context";
import { readableLog, sealedLog } from "#lib/queries/audit-export";
import type { LogLine } from "#lib/queries/audit-log";
import { logActors, logSearch } from "#lib/queries/audit-search";
import { batchStream } from "#lib/web/batch-stream";
import { type CsvRow, csvHeaders, csvOf } from "#lib/web/csv";
import { isProblem, problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { demandReaderSession } from "../../reader-session";
import { store } from "../../reading";
import { addressRead } from "../address";

const columns = {
  pos: "Position",
  at: "Recorded at (UTC)",
  occurredAt: "Happened at (UTC)",
  stream: "Stream",
  version: "Version",
  type: "Event",
  actor: "By",
  kind: "Kind of actor",
  sentence: "What happened",
  leaf: "Leaf",
};

/**
 * Everything of the log that fits a query, as a file, by position: `GET /audit/export?q=<query>&format=csv`, what an auditor
 * sees on the screen, or `&format=jsonl`, one event a line as the log holds it, for who recomputes the leaves. It is read and
 * sent batch by batch, however long it is; what fails on the way breaks the download off, so that nobody takes a part for the
 * whole. For the same reason a query that cannot be read to its end is refused.
 */
export const GET = route(async (request, { requestId }) => {
  const actor = await demandReaderSession(
    "auditLog",
    "To take the log along you need the role auditor or admin.",
  );
  if (isProblem(actor)) return actor;
  const asked = Object.fromEntries(new URL(request.url).searchParams);
  const { query } = addressRead(asked);
  const { filter, problems } = await logSearch(actor, store(), query, await logActors(actor, store()));
  if (problems.length > 0)
    return problem(
      422,
      "invalid",
      "Something in the query cannot be read, so the file would hold too much.",
      {
        errors: problems.map(({ message }) => ({ field: "q", message })),
      },
    );
  const where = { during: "GET /audit/export", requestId };
  const name = `log ${store().keys.workspace} ${authContext().clock.now().slice(0, 10)}`;
  if (asked.format === "jsonl") {
    const batches = await sealedLog(actor, store(), filter);
    return { status: 200, headers: jsonLinesHeaders(name), stream: batchStream(batches, jsonLines, where) };
  }
  if (asked.format === "csv") {
    const batches = await readableLog(actor, store(), filter);
    return { status: 200, headers: csvHeaders(name), stream: batchStream(batches, csvLines, where) };
  }
  return problem(400, "invalid", "format is csv or jsonl.");
});

function csvLines(batch: LogLine[], first: boolean): string {
  return csvOf(
    batch.map(({ detail: _, ...line }): CsvRow => line),
    columns,
    first,
  );
}

function jsonLines(batch: object[]): string {
  return batch.map((event) => `${JSON.stringify(event)}\n`).join("");
}

function jsonLinesHeaders(name: string): Record<string, string> {
  const headers = csvHeaders(name);
  return {
    ...headers,
    "Content-Type": "application/jsonl; charset=utf-8",
    "Content-Disposition": headers["Content-Disposition"]!.replace(/\.csv"$/, '.jsonl"'),
  };
}
