import { randomUUID } from "node:crypto";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { openSince } from "#lib/auth/live-session";
import { password_characters_min } from "#lib/auth/password";
import { opensByPassword } from "#lib/env";
import { ownRecord, type PersonRecord } from "#lib/queries/person";
import { gate } from "#lib/web/gate";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { PageHeading } from "../../components/page-heading";
import { Panel } from "../../components/panel";
import { PasswordForm } from "../../components/password-form";
import { Timeline } from "../../components/timeline";
import { ConsoleFrame } from "../console-frame";
import { IdentitiesPanel } from "../people/identities-panel";
import { inSentence } from "../people/in-sentence";
import { roleMeans } from "../people/role-words";
import { SessionList } from "../people/session-list";
import { store, viewNow, waiting } from "../reading";
import { changePassword, endOwnSession, signOutElsewhere } from "./actions";

export const metadata: Metadata = { title: "Your account" };

/** One's own account: for everybody, whatever their roles. */
export default async function AccountPage() {
  const actor = await gate();
  const view = await viewNow();
  const [record] = await Promise.all([ownRecord(actor, store(), openSince(view.now)), waiting(actor)]);
  if (!record) notFound();
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        kind="Your account"
        title={record.name}
        description={
          <>
            <span className="font-mono text-[0.8125rem]">{record.person}</span>
            {record.email && <>, {record.email}</>}
          </>
        }
      />
      <div className="grid gap-4">
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <div className="grid gap-4">
            <Panel title="What you may do">
              <OwnRoles record={record} view={view} />
            </Panel>
            <Panel title="Signed in">
              <SessionList
                person={record.person}
                sessions={record.sessions}
                current={actor.session}
                view={view}
                none="In no browser."
                end={endOwnSession}
                all={{ action: signOutElsewhere, label: "Sign out everywhere else" }}
              />
            </Panel>
            <IdentitiesPanel record={record} view={view} may />
          </div>
          {opensByPassword() && (
            <Panel title="Password">
              <div className="grid gap-3">
                <p className="text-ink-muted">
                  You are then signed out everywhere, also here, and sign in with the new one.
                </p>
                <PasswordForm
                  action={changePassword}
                  hidden={{ commandId: randomUUID() }}
                  characters_min={password_characters_min}
                />
              </div>
            </Panel>
          )}
        </div>
        <Panel title="What was changed about you">
          <Timeline entries={record.history} order="newest" view={view} />
        </Panel>
      </div>
    </ConsoleFrame>
  );
}

function OwnRoles({ record: { roles, apiKeys }, view }: { record: PersonRecord; view: ViewTime }) {
  const keys = apiKeys.filter(({ revoked }) => !revoked).length;
  return (
    <div className="grid gap-3">
      {roles.length === 0 ? (
        <p className="text-ink-muted">You have no role here yet. An admin can give you one.</p>
      ) : (
        <ul className="grid gap-2">
          {roles.map(({ role, given }) => (
            <li key={role}>
              <span className="font-semibold">{role}</span>{" "}
              <span className="text-ink-muted">{roleMeans[role]}</span>
              <span className="block text-xs text-ink-muted">
                given <Moment at={given.at} view={view} as="instant" /> by {inSentence(given.by)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {keys > 0 && (
        <p className="text-ink-muted">
          {keys === 1 ? "One API key acts for you." : `${keys} API keys act for you.`}
        </p>
      )}
    </div>
  );
}
