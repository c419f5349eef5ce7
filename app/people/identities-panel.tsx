import { randomUUID } from "node:crypto";
import type { PersonRecord } from "#lib/queries/person";
import { ConfirmForm } from "../../components/confirm-form";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { Panel } from "../../components/panel";
import { unlinkIdentity } from "./actions";

export type IdentitiesPanelProps = { record: PersonRecord; view: ViewTime; may: boolean };

/** The accounts elsewhere by which somebody signs in; nothing where there is none. */
export function IdentitiesPanel({ record: { person, identities }, view, may }: IdentitiesPanelProps) {
  if (identities.length === 0) return null;
  return (
    <Panel title="Signs in by">
      <ul className="grid divide-y divide-line">
        {identities.map(({ issuer, identity, linkedAt }) => (
          <li
            key={identity}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2 first:pt-0 last:pb-0"
          >
            <div className="min-w-0">
              <p className="wrap-anywhere">{issuer}</p>
              <p className="text-xs text-ink-muted">
                since <Moment at={linkedAt} view={view} as="instant" />
              </p>
            </div>
            {may && (
              <ConfirmForm
                action={unlinkIdentity}
                hidden={{ commandId: randomUUID(), person, identity }}
                label="Take off"
                about={issuer}
                size="small"
                variant="danger"
                follows="That account opens nothing here any more. The next one there with this person's verified e-mail address takes its place. To keep somebody out, disable the account."
                confirm="Take the account off"
                confirmVariant="danger"
              />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
