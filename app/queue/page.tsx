import type { Metadata, Route } from "next";
import { readersOf } from "#lib/queries/permission";
import { count_max, queue, queueCount } from "#lib/queries/queue";
import { gate } from "#lib/web/gate";
import { formatNumber } from "../../components/format";
import { PageHeading } from "../../components/page-heading";
import { QueueTable } from "../../components/queue-table";
import { ConsoleFrame } from "../console-frame";
import { single, store, viewNow } from "../reading";
import { taskRow } from "../task-rows";

export const metadata: Metadata = { title: "Queue" };

/** The orders this person may decide, the most urgent first. */
export default async function QueuePage({ searchParams }: PageProps<"/queue">) {
  const actor = await gate(...readersOf("queue"));
  const after = single((await searchParams).after);
  const [{ lines, next }, count] = await Promise.all([
    queue(actor, store(), after),
    queueCount(actor, store()),
  ]);
  const counted = `${formatNumber(count)}${count === count_max ? " or more" : ""}`;
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Queue"
        description={`${counted} ${count === 1 ? "order waits" : "orders wait"} for a decision you may make. The least time left comes first.`}
      />
      <QueueTable
        caption="Orders you may decide, by time to breach"
        rows={lines.map(taskRow)}
        view={viewNow()}
        pages={{
          first: after ? "/queue" : undefined,
          next: next ? (`/queue?after=${encodeURIComponent(next)}` as Route) : undefined,
        }}
        empty={{
          title: "Nothing waits for you",
          reason:
            "Orders come here when the policy asks for a person. Those you asked for yourself go to others.",
        }}
      />
    </ConsoleFrame>
  );
}
