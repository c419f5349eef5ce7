import { Ban } from "lucide-react";
import type { Metadata, Route } from "next";
import { notFound } from "next/navigation";
import { openSince } from "#lib/auth/live-session";
import { isOnlyAdmin } from "#lib/queries/people";
import { mayRead, readersOf } from "#lib/queries/permission";
import { type PersonRecord, personRecord } from "#lib/queries/person";
import { gate } from "#lib/web/gate";
import { Badge } from "../../../components/badge";
import { ButtonLink } from "../../../components/button";
import type { ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { Notice } from "../../../components/notice";
import { PageHeading } from "../../../components/page-heading";
import { Panel } from "../../../components/panel";
import { Timeline } from "../../../components/timeline";
import { ConsoleFrame } from "../../console-frame";
import { store, viewNow, waiting } from "../../reading";
import { endSession, endSessions } from "../actions";
import { IdentitiesPanel } from "../identities-panel";
import { inSentence } from "../in-sentence";
import { mayManagePeople } from "../may-manage";
import { SessionList } from "../session-list";
import { AccountPanel } from "./account-panel";
import { ApiKeysPanel } from "./api-keys-panel";
import { RolesPanel } from "./roles-panel";

export const metadata: Metadata = { title: "Person" };

/** Somebody: what they may do and who gave it to them, where they are signed in, and what was changed about them. */
export default async function PersonPage({ params }: PageProps<"/people/[id]">) {
  const actor = await gate(...readersOf("people"));
  const id = decoded((await params).id);
  const view = await viewNow();
  const [record, onlyAdmin] = await Promise.all([
    personRecord(actor, store(), id, openSince(view.now)),
    isOnlyAdmin(actor, store(), id),
    waiting(actor),
  ]);
  if (!record) notFound();
  const may = mayManagePeople(actor);
  const self = actor.person === record.person;
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        kind="Person"
        title={record.name}
        status={
          record.disabled && (
            <Badge tone="bad" icon={Ban}>
              Disabled
            </Badge>
          )
        }
        description={<Description record={record} view={view} />}
        actions={
          <>
            {self && <ButtonLink href="/account">Your account</ButtonLink>}
            {mayRead(actor, "auditLog") && (
              <ButtonLink href={`/audit?actor=${encodeURIComponent(record.person)}` as Route}>
                What they did
              </ButtonLink>
            )}
          </>
        }
      />
      <div className="grid gap-4">
        {!may && (
          <Notice kind="info">You may read this. Roles, keys and the account are changed by admins.</Notice>
        )}
        {onlyAdmin && (
          <Notice kind="warning" title="The only admin who may act">
            Without {self ? "you" : record.name} nobody here could manage people, so neither the role nor the
            account can be taken away. Make somebody else an admin first.
          </Notice>
        )}
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <RolesPanel record={record} view={view} may={may} self={self} onlyAdmin={onlyAdmin} />
          <div className="grid gap-4">
            {may && <AccountPanel record={record} view={view} self={self} onlyAdmin={onlyAdmin} />}
            <Panel title="Signed in">
              <SessionList
                person={record.person}
                sessions={record.sessions}
                current={actor.session}
                view={view}
                none={record.disabled ? "A disabled account is signed in nowhere." : "In no browser now."}
                end={may ? endSession : undefined}
                all={may && !self ? { action: endSessions, label: "Sign out everywhere" } : undefined}
              />
            </Panel>
            <IdentitiesPanel record={record} view={view} may={may} />
            <ApiKeysPanel record={record} view={view} may={may} />
          </div>
        </div>
        <Panel title="What was changed">
          <Timeline entries={record.history} order="newest" view={view} />
        </Panel>
      </div>
    </ConsoleFrame>
  );
}

function Description({ record, view }: { record: PersonRecord; view: ViewTime }) {
  const { person, email, added, disabled } = record;
  return (
    <>
      <span className="font-mono text-[0.8125rem]">{person}</span>
      {email && <>, {email}</>}, added <Moment at={added.at} view={view} as="instant" /> by{" "}
      {inSentence(added.by)}
      {disabled && (
        <>
          , disabled <Moment at={disabled.at} view={view} as="instant" /> by {inSentence(disabled.by)}
        </>
      )}
    </>
  );
}

/** An id as it stands in an address; what cannot be decoded is nobody's. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
