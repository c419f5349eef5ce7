import type { Metadata } from "next";
import { readersOf } from "#lib/queries/permission";
import { claimants } from "#lib/queries/queue";
import { type CutAddress, cutAsked, cutName, cutParameters, isNarrowed, isOwn } from "#lib/queries/queue-cut";
import { gate } from "#lib/web/gate";
import { QueueConsole } from "../../components/queue-console";
import { ConsoleFrame } from "../console-frame";
import { single, store, viewNow } from "../reading";
import { claim, decide, release, takeOver, withdraw } from "./actions";
import { cutHref, queuePage, viewLinks } from "./lines";
import { cutWords, firstIn, Narrowing } from "./narrowing";
import { reviewOf } from "./review";

export const metadata: Metadata = { title: "Queue" };

/** The orders this person may decide, the most urgent first, and everything the first of them is decided by. */
export default async function QueuePage({ searchParams }: PageProps<"/queue">) {
  const actor = await gate(...readersOf("queue"));
  const parameters = await searchParams;
  const asked: CutAddress = Object.fromEntries(cutParameters.map((name) => [name, single(parameters[name])]));
  const cut = cutAsked(asked);
  const current = cutName(cut);
  const view = await viewNow();
  const [{ lines, next, sortedOf }, views, people] = await Promise.all([
    queuePage(actor, view.now, cut),
    viewLinks(actor, view.now, cut),
    claimants(actor, store()),
  ]);
  const first = lines[0];
  const present = views.find((each) => each.view === current);
  return (
    <ConsoleFrame actor={actor}>
      <QueueConsole
        key={current}
        current={current}
        views={views}
        lines={lines}
        next={next}
        review={first ? await reviewOf(actor, first.order, view) : null}
        view={view}
        actions={{ decide, withdraw, claim, release, takeOver }}
        cut={{
          view: cut.view,
          narrowed: isNarrowed(cut),
          first: firstIn(cut),
          sortedOf,
          own: isOwn(cut)
            ? {
                words: cutWords(cut, people, sortedOf),
                whole: isNarrowed(cut)
                  ? { label: "Show all", href: cutHref({ view: cut.view, sort: cut.sort }) }
                  : { label: "Sort by time left", href: cutHref({ view: cut.view }) },
              }
            : null,
        }}
        narrowing={
          <Narrowing
            actor={actor}
            cut={cut}
            asked={asked}
            people={people}
            saved={present?.saved && present.label}
          />
        }
      />
    </ConsoleFrame>
  );
}
