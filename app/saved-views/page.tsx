import type { Metadata } from "next";
import { namesOf } from "#lib/queries/people-names";
import { changeableViews } from "#lib/queries/saved-views";
import { gate } from "#lib/web/gate";
import { EmptyState } from "../../components/empty-state";
import { PageHeading } from "../../components/page-heading";
import { SavedViews } from "../../components/saved-views";
import { ConsoleFrame } from "../console-frame";
import { store, waiting } from "../reading";
import { removeView, renameView } from "./actions";
import { viewHref, viewPages } from "./view-pages";

export const metadata: Metadata = { title: "Saved views" };

/** The saved views this person may rename and remove: the own ones, and of those for everybody what they saved, admins all. */
export default async function SavedViewsPage() {
  const actor = await gate();
  const [views] = await Promise.all([changeableViews(actor, store()), waiting(actor)]);
  const names = await namesOf(
    store(),
    views.map(({ by }) => by),
  );
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading title="Saved views" description="What you saved of the queue and of the audit log." />
      {views.length === 0 ? (
        <EmptyState
          title="Nothing is saved"
          reason="Narrow the queue or search the audit log; what is shown then can be saved there under a name."
        />
      ) : (
        <SavedViews
          views={views.map(({ id, surface, name, query, shared, by }) => ({
            id,
            name,
            href: viewHref(surface, query),
            page: viewPages[surface].label,
            shared,
            by: names.person(by),
          }))}
          rename={renameView}
          remove={removeView}
        />
      )}
    </ConsoleFrame>
  );
}
