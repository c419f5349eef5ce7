import { randomUUID } from "node:crypto";
import type { Metadata } from "next";
import { ruleNames } from "#lib/domain/policy";
import { readersOf } from "#lib/queries/permission";
import { claimants } from "#lib/queries/queue";
import { cutAsked, cutName, cutQuery, isNarrowed } from "#lib/queries/queue-cut";
import { mayShare } from "#lib/queries/saved-views";
import { ruleInShort } from "#lib/queries/words";
import { gate } from "#lib/web/gate";
import { QueueConsole } from "../../components/queue-console";
import { QueueNarrowing } from "../../components/queue-narrowing";
import { ConsoleFrame } from "../console-frame";
import { single, store, viewNow } from "../reading";
import { saveView } from "../saved-views/actions";
import { claim, decide, release, takeOver, withdraw } from "./actions";
import { cutHref, queuePage, viewLinks } from "./lines";
import { reviewOf } from "./review";

export const metadata: Metadata = { title: "Queue" };

/** The orders this person may decide, the most urgent first, and everything the first of them is decided by. */
export default async function QueuePage({ searchParams }: PageProps<"/queue">) {
  const actor = await gate(...readersOf("queue"));
  const asked = await searchParams;
  const cut = cutAsked({
    view: single(asked.view),
    reason: single(asked.reason),
    claimedBy: single(asked.claimedBy),
  });
  const current = cutName(cut);
  const view = await viewNow();
  const [{ lines, next }, views, people] = await Promise.all([
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
        narrowing={
          <QueueNarrowing
            view={cut.view}
            everything={cutHref({ view: cut.view })}
            fields={[
              {
                name: "reason",
                label: "Why it is here",
                value: cut.reason ?? "",
                options: [
                  { value: "", label: "Any reason" },
                  ...ruleNames.map((name) => ({ value: name, label: ruleInShort(name) })),
                ],
              },
              {
                name: "claimedBy",
                label: "Claimed by",
                value: cut.claimedBy ?? "",
                options: [
                  { value: "", label: "Anybody or nobody" },
                  ...withChosen(people, cut.claimedBy).map(({ person, name }) => ({
                    value: person,
                    label: person === actor.person ? `${name} (you)` : name,
                  })),
                ],
              },
            ]}
            savedAs={present?.saved && present.label}
            save={
              isNarrowed(cut) && !present?.saved
                ? {
                    action: saveView,
                    hidden: { id: randomUUID(), surface: "queue", query: cutQuery(cut) },
                    mayShare: mayShare(actor, "queue"),
                  }
                : undefined
            }
          />
        }
      />
    </ConsoleFrame>
  );
}

/** Who is chosen stays among the people also when they have nothing claimed any more. */
function withChosen(people: readonly { person: string; name: string }[], chosen: string | undefined) {
  if (chosen === undefined || people.some(({ person }) => person === chosen)) return people;
  return [{ person: chosen, name: chosen }, ...people];
}
