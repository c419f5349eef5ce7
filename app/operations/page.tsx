import type { Metadata } from "next";
import { engineProcess } from "#lib/engine/process";
import { namesOf } from "#lib/queries/people-names";
import { readersOf } from "#lib/queries/permission";
import { effectStateWords, effectWords } from "#lib/queries/words";
import { gate } from "#lib/web/gate";
import { EmptyState } from "../../components/empty-state";
import { Notice } from "../../components/notice";
import { PageHeading } from "../../components/page-heading";
import { ConsoleFrame } from "../console-frame";
import { measures, store, viewNow } from "../reading";
import { machinesFigures, peoplesFigures } from "./figures";
import { FiguresTable } from "./figures-table";
import { laneFigures } from "./lanes";
import { LanesTable } from "./lanes-table";
import { Switches } from "./switches";
import { UnreadableStreams } from "./unreadable-streams";

export const metadata: Metadata = { title: "Operations" };

/** How much waits, for whom and since when, and what to do about it. */
export default async function OperationsPage() {
  const actor = await gate(...readersOf("operations"));
  const view = await viewNow();
  const [measured, { effectsMissing, runtime }] = await Promise.all([measures(actor), engineProcess()]);
  const unreadable = runtime.engine.streams.unreadable();
  const { dispatcher } = runtime;
  const { stopped } = runtime.engine;
  const names = await namesOf(
    store(),
    Object.values(stopped).flatMap((thrown) => (thrown ? [thrown.by] : [])),
  );
  const lanes = laneFigures({ connected: dispatcher.connected, lanes: dispatcher.lanes() });
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Operations"
        description="What waits at this moment, for people and for the machine, and what to do about it."
      />
      <div className="grid gap-8">
        {effectsMissing && (
          <Notice kind="warning" title="Nothing is sent from here">
            {effectsMissing}
          </Notice>
        )}
        {unreadable.length > 0 && <UnreadableStreams streams={unreadable} />}
        <section aria-labelledby="switches" className="grid gap-2">
          <h2 id="switches" className="text-base">
            Switches
          </h2>
          <Switches stopped={stopped} names={names} view={view} />
        </section>
        <section aria-labelledby="people" className="grid gap-2">
          <h2 id="people" className="text-base">
            Waits for people
          </h2>
          <FiguresTable caption="What waits for people" figures={peoplesFigures(measured)} view={view} />
        </section>
        <section aria-labelledby="machine" className="grid gap-2">
          <h2 id="machine" className="text-base">
            Waits for the machine
          </h2>
          <FiguresTable
            caption="What waits for the machine"
            figures={machinesFigures(measured)}
            view={view}
          />
        </section>
        {lanes.length > 0 && (
          <section aria-labelledby="lanes" className="grid gap-2">
            <h2 id="lanes" className="text-base">
              Calls to other systems
            </h2>
            <p className="text-ink-muted">
              As this process makes them; where several run, each has its own. Waiting are calls whose turn
              has not come.
            </p>
            <LanesTable lanes={lanes} view={view} />
          </section>
        )}
        <section aria-labelledby="effects" className="grid gap-2">
          <h2 id="effects" className="text-base">
            Effects that are not done
          </h2>
          {measured.effects.length === 0 ? (
            <EmptyState
              title="Every effect is done"
              reason="What is asked of other systems stands here until it is."
            />
          ) : (
            <FiguresTable
              caption="Effects that are not done, by name and state"
              figures={measured.effects.map(({ effect, state, count, more, oldestAt }) => ({
                name: `${effectWords(effect).title}: ${effectStateWords(state).name}`,
                count,
                more,
                oldestAt,
                toDo: effectStateWords(state).next,
              }))}
              view={view}
            />
          )}
        </section>
      </div>
    </ConsoleFrame>
  );
}
