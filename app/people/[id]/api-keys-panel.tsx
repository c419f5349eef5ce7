import { randomUUID } from "node:crypto";
import { Ban } from "lucide-react";
import type { ApiKeyLine, PersonRecord } from "#lib/queries/person";
import { Badge } from "../../../components/badge";
import { ConfirmForm } from "../../../components/confirm-form";
import { Disclosure } from "../../../components/disclosure";
import type { ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { Panel } from "../../../components/panel";
import { SecretForm } from "../../../components/secret-form";
import { createApiKey, revokeApiKey } from "../actions";
import { inSentence } from "../in-sentence";

export type ApiKeysPanelProps = { record: PersonRecord; view: ViewTime; may: boolean };

/** The keys with which machines act for somebody. */
export function ApiKeysPanel({ record: { person, name, apiKeys }, view, may }: ApiKeysPanelProps) {
  return (
    <Panel title="API keys">
      <div className="grid gap-3">
        {apiKeys.length === 0 ? (
          <p className="text-ink-muted">No machine acts for {name}.</p>
        ) : (
          <ul className="grid divide-y divide-line">
            {apiKeys.map((key) => (
              <li
                key={key.apiKey}
                className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2 first:pt-0 last:pb-0"
              >
                <KeyLine line={key} view={view} />
                {may && !key.revoked && (
                  <ConfirmForm
                    action={revokeApiKey}
                    hidden={{ commandId: randomUUID(), person, apiKey: key.apiKey }}
                    label="Revoke"
                    about={key.apiKey}
                    size="small"
                    variant="danger"
                    follows="Whatever uses this key is let in no more, at once. A revoked key stays revoked."
                    confirm={`Revoke ${key.apiKey}`}
                    confirmVariant="danger"
                  />
                )}
              </li>
            ))}
          </ul>
        )}
        {may && (
          <Disclosure label="Make a key" size="small">
            <p className="max-w-[64ch]">
              Who has the key acts for {name}, with the roles of {name}. It is shown to you once.
            </p>
            <SecretForm
              action={createApiKey}
              hidden={{ commandId: randomUUID(), person }}
              label="Make an API key"
              variant="primary"
            />
          </Disclosure>
        )}
      </div>
    </Panel>
  );
}

function KeyLine({ line: { apiKey, made, revoked }, view }: { line: ApiKeyLine; view: ViewTime }) {
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-mono text-[0.8125rem]">{apiKey}</span>
        {revoked && <Badge icon={Ban}>Revoked</Badge>}
      </p>
      <p className="text-xs text-ink-muted">
        made <Moment at={made.at} view={view} as="instant" /> by {inSentence(made.by)}
        {revoked && (
          <>
            , revoked <Moment at={revoked.at} view={view} as="instant" /> by {inSentence(revoked.by)}
          </>
        )}
      </p>
    </div>
  );
}
