import { randomUUID } from "node:crypto";
import type { Metadata } from "next";
import { openSince } from "#lib/auth/live-session";
import { roles } from "#lib/domain/authority";
import { lines_per_page } from "#lib/queries/page";
import { type PeoplePage as Page, people_max, peoplePage } from "#lib/queries/people";
import { readersOf } from "#lib/queries/permission";
import { gate } from "#lib/web/gate";
import { ButtonLink, buttonClass } from "../../components/button";
import { EmptyState } from "../../components/empty-state";
import { FilterBar } from "../../components/filter-bar";
import { formatNumber } from "../../components/format";
import { Notice } from "../../components/notice";
import { PageHeading } from "../../components/page-heading";
import { Pagination } from "../../components/pagination";
import { PersonForm } from "../../components/person-form";
import { ConsoleFrame } from "../console-frame";
import { single, store, viewNow, waiting } from "../reading";
import { addPerson } from "./actions";
import { mayManagePeople } from "./may-manage";
import { PeopleList } from "./people-list";
import { filterOf, filterTexts, fromOf, peopleFrom } from "./person-filter";
import { roleMeans } from "./role-words";

export const metadata: Metadata = { title: "People" };

/** Who works here: their roles, since when, and whether they are signed in. */
export default async function PeoplePage({ searchParams }: PageProps<"/people">) {
  const actor = await gate(...readersOf("people"));
  const asked = await searchParams;
  const texts = filterTexts(asked);
  const from = fromOf(single(asked.from));
  const view = await viewNow();
  const [page] = await Promise.all([
    peoplePage(actor, store(), filterOf(texts, from), openSince(view.now)),
    waiting(actor),
  ]);
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="People"
        description="Who may do what here. Every change of it stands in the log, with who made it."
      />
      {mayManagePeople(actor) && (
        <details className="pb-6">
          <summary className={`${buttonClass("primary")} list-none`}>Add a person…</summary>
          <div className="mt-3 rounded-lg border border-line bg-surface p-4">
            <PersonForm
              action={addPerson}
              hidden={{ commandId: randomUUID() }}
              roles={roles.map((role) => ({ role, means: roleMeans[role] }))}
            />
          </div>
        </details>
      )}
      <FilterBar
        label="People"
        action="/people"
        fields={[
          { kind: "text", name: "name", label: "Name or id", value: texts.name, placeholder: "a part of it" },
          {
            kind: "select",
            name: "role",
            label: "Role",
            value: texts.role,
            options: [{ value: "", label: "Any" }, ...roles.map((role) => ({ value: role, label: role }))],
          },
          {
            kind: "select",
            name: "standing",
            label: "Account",
            value: texts.standing,
            options: [
              { value: "", label: "All" },
              { value: "enabled", label: "Enabled" },
              { value: "disabled", label: "Disabled" },
            ],
          },
        ]}
      />
      {page.more && (
        <div className="pb-4">
          <Notice kind="warning" title={`Only the first ${formatNumber(people_max)} people are looked at`}>
            There are more, in the order of their ids. Whoever is not here is found by the address of their
            own page.
          </Notice>
        </div>
      )}
      {page.lines.length === 0 ? (
        <EmptyState title="Nobody is like that" reason="Nobody fits the filters.">
          <ButtonLink href="/people">See everybody</ButtonLink>
        </EmptyState>
      ) : (
        <PeopleList lines={page.lines} view={view} />
      )}
      <Pagination
        of="People"
        summary={summaryOf(page, from)}
        previous={from > 0 ? peopleFrom(texts, Math.max(0, from - lines_per_page)) : undefined}
        next={from + page.lines.length < page.fitting ? peopleFrom(texts, from + lines_per_page) : undefined}
      />
    </ConsoleFrame>
  );
}

function summaryOf({ lines, fitting }: Page, from: number): string | undefined {
  if (lines.length === 0) return undefined;
  if (lines.length === fitting) return fitting === 1 ? "1 person" : `${formatNumber(fitting)} people`;
  return `${formatNumber(from + 1)}–${formatNumber(from + lines.length)} of ${formatNumber(fitting)}`;
}
