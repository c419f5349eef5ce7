import { randomUUID } from "node:crypto";
import { opensByPassword } from "#lib/env";
import type { PersonRecord } from "#lib/queries/person";
import { ConfirmForm } from "../../../components/confirm-form";
import { Disclosure } from "../../../components/disclosure";
import type { ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { Panel } from "../../../components/panel";
import { SecretForm } from "../../../components/secret-form";
import { disablePerson, enablePerson, resetPassword } from "../actions";
import { inSentence } from "../in-sentence";

export type AccountPanelProps = {
  record: PersonRecord;
  view: ViewTime;
  self: boolean;
  onlyAdmin: boolean;
};

/** Whether somebody may sign in at all, and by which password: for admins. */
export function AccountPanel({ record, view, self, onlyAdmin }: AccountPanelProps) {
  const { person, name, disabled } = record;
  return (
    <Panel title="Account">
      <div className="grid gap-3">
        <p className="text-ink-muted">
          {disabled ? (
            <>
              Disabled <Moment at={disabled.at} view={view} as="instant" /> by {inSentence(disabled.by)}.
              Nobody signs in by it, and its keys open nothing.
            </>
          ) : (
            "Enabled."
          )}
        </p>
        <div className="flex flex-wrap items-start gap-2">
          {!onlyAdmin && (
            <ConfirmForm
              action={disabled ? enablePerson : disablePerson}
              hidden={{ commandId: randomUUID(), person }}
              label={disabled ? "Enable account" : "Disable account"}
              variant={disabled ? "secondary" : "danger"}
              size="small"
              follows={disabled ? enabling(name) : disabling(name, self)}
              confirm={disabled ? `Enable ${name}` : `Disable ${name}`}
              confirmVariant={disabled ? "primary" : "danger"}
            />
          )}
          {!self && opensByPassword() && (
            <Disclosure label="New password" size="small">
              <p className="max-w-[64ch]">
                A new password is made and shown to you once. {name} is signed out everywhere, and the old
                password opens nothing any more.
              </p>
              <SecretForm
                action={resetPassword}
                hidden={{ commandId: randomUUID(), person }}
                label="Make a new password"
                variant="primary"
              />
            </Disclosure>
          )}
        </div>
      </div>
    </Panel>
  );
}

function disabling(name: string, self: boolean) {
  return (
    <>
      <p>
        {self
          ? "You are signed out everywhere at once, also here, and cannot sign in until another admin enables you."
          : `${name} is signed out everywhere at once and cannot sign in until the account is enabled again.`}
      </p>
      <ul className="mt-1 list-disc pl-4">
        <li>API keys that act for this person open nothing.</li>
        <li>What they decided and asked for stays as it is, with their name.</li>
        <li>What they have claimed stays theirs until somebody takes it over.</li>
      </ul>
    </>
  );
}

function enabling(name: string): string {
  return `${name} may sign in again by the password they had, with the roles they have, and keys that are not revoked work again.`;
}
