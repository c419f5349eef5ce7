import { randomUUID } from "node:crypto";
import { connection } from "next/server";
import { currentActor } from "#lib/auth/session";
import { type HistoryLine, wholeHistory } from "#lib/queries/order-history";
import { batchStream } from "#lib/web/batch-stream";
import { type CsvRow, csvHeaders, csvOf } from "#lib/web/csv";
import { isDatabaseAway } from "#lib/web/database-away";
import { logFailure } from "#lib/web/log-failure";
import { problem, problemResponse } from "#lib/web/problem";
import { store } from "../../../reading";

const columns = {
  version: "Version",
  type: "Event",
  at: "Recorded at (UTC)",
  occurredAt: "Happened at (UTC)",
  by: "By",
  kind: "Kind of actor",
  sentence: "What happened",
  note: "What was written",
  facts: "Decided by",
  leaf: "Hash",
  data: "Data",
};

const during = "GET /orders/[id]/history.csv";

/**
 * The whole history of an order as a file, for those who may see the order. It is read and sent batch by batch, however long
 * it is; what fails on the way breaks the download off, so that nobody takes a part for the whole.
 */
export async function GET(_: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  await connection();
  const requestId = randomUUID();
  try {
    const actor = await currentActor();
    if (!actor)
      return problemResponse(problem(401, "unauthenticated", "Sign in to download a history."), requestId);
    const history = await wholeHistory(actor, store(), (await params).id);
    if (!history)
      return problemResponse(problem(404, "notFound", "There is no such order that you may see."), requestId);
    return new Response(batchStream(history.batches, csvLines, { during, requestId }), {
      headers: { ...csvHeaders(`order ${history.businessKey}`), "X-Request-Id": requestId },
    });
  } catch (error) {
    logFailure(during, error, requestId);
    return problemResponse(
      isDatabaseAway(error)
        ? problem(503, "unavailable", "The database is away. Try again in a moment.")
        : problem(500, "internal", "Something went wrong on our side. It is logged under this request's id."),
      requestId,
    );
  }
}

function csvLines(batch: HistoryLine[], first: boolean): string {
  return csvOf(batch.map(rowOf), columns, first);
}

function rowOf(line: HistoryLine): CsvRow {
  const { version, type, at, occurredAt, actor, sentence, note, facts, detail, leaf } = line;
  return {
    version,
    type,
    at,
    occurredAt: occurredAt ?? at,
    by: actor.name,
    kind: actor.kind,
    sentence,
    note,
    facts: facts.map((fact) => `${fact.label}: ${"at" in fact ? fact.at : fact.value}`).join("; "),
    leaf,
    data: JSON.stringify(JSON.parse(detail)),
  };
}
