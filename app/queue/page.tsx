import type { Metadata } from "next";
import { readersOf } from "#lib/queries/permission";
import { gate } from "#lib/web/gate";
import { QueueConsole } from "../../components/queue-console";
import { ConsoleFrame } from "../console-frame";
import { single, viewNow } from "../reading";
import { claim, decide, release, takeOver, withdraw } from "./actions";
import { queuePage, viewLinks, viewOf } from "./lines";
import { reviewOf } from "./review";

export const metadata: Metadata = { title: "Queue" };

/** The orders this person may decide, the most urgent first, and everything the first of them is decided by. */
export default async function QueuePage({ searchParams }: PageProps<"/queue">) {
  const actor = await gate(...readersOf("queue"));
  const current = viewOf(single((await searchParams).view));
  const view = await viewNow();
  const [{ lines, next }, views] = await Promise.all([
    queuePage(actor, view.now, current),
    viewLinks(actor, view.now),
  ]);
  const first = lines[0];
  return (
    <ConsoleFrame actor={actor}>
      <QueueConsole
        key={current}
        current={current}
        views={views}
        lines={lines}
        next={next}
        review={first ? await reviewOf(actor, first.order, view.now) : null}
        view={view}
        actions={{ decide, withdraw, claim, release, takeOver }}
      />
    </ConsoleFrame>
  );
}
