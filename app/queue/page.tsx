import type { Metadata, Route } from "next";
import { readersOf } from "#lib/queries/permission";
import { queue } from "#lib/queries/queue";
import { gate } from "#lib/web/gate";
import { PageHeading } from "../../components/page-heading";
import { QueueTable } from "../../components/queue-table";
import { ConsoleFrame } from "../console-frame";
import { counted, single, store, viewNow, waiting } from "../reading";
import { taskRow } from "../task-rows";

export const metadata: Metadata = { title: "Queue" };

/** The orders this person may decide, the most urgent first. */
export default async function QueuePage({ searchParams }: PageProps<"/queue">) {
  const actor = await gate(...readersOf("queue"));
  const after = single((await searchParams).after);
  const [{ lines, next }, waits] = await Promise.all([
    queue(actor, store(), (await viewNow()).now, { cursor: after }),
    waiting(actor),
  ]);
  const decidable = waits.decidable ?? { count: 0, more: false };
  const one = decidable.count === 1 && !decidable.more;
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Queue"
        description={`${counted(decidable, " or more")} ${one ? "order waits" : "orders wait"} for a decision you may make. The least time left comes first.`}
      />
      <QueueTable
        caption="Orders you may decide, by time to breach"
        rows={lines.map(taskRow)}
        view={await viewNow()}
        pages={{
          first: after ? "/queue" : undefined,
          next: next ? (`/queue?after=${encodeURIComponent(next)}` as Route) : undefined,
        }}
        empty={
          next
            ? {
                title: "None of these is yours to decide",
                reason:
                  "The orders looked at so far are those you asked for, handed in or changed. The next page looks further.",
              }
            : {
                title: "Nothing waits for you",
                reason:
                  "Orders come here when the policy asks for a person. Those you asked for yourself go to others.",
              }
        }
      />
    </ConsoleFrame>
  );
}
