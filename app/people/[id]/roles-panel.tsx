import { randomUUID } from "node:crypto";
import { Check } from "lucide-react";
import { type Role, roles } from "#lib/domain/authority";
import type { PersonRecord } from "#lib/queries/person";
import { sentenceStart } from "#lib/queries/words";
import { Badge } from "../../../components/badge";
import { ConfirmForm } from "../../../components/confirm-form";
import type { ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { Panel } from "../../../components/panel";
import { grantRole, revokeRole } from "../actions";
import { inSentence } from "../in-sentence";
import { roleMeans } from "../role-words";

export type RolesPanelProps = {
  record: PersonRecord;
  view: ViewTime;
  /** Whether who looks may change it, is looked at, and whether that is the only admin. */
  may: boolean;
  self: boolean;
  onlyAdmin: boolean;
};

/** Every role there is: which of them this person has, who gave it and when, and how to give or take it. */
export function RolesPanel({ record, view, may, self, onlyAdmin }: RolesPanelProps) {
  const who = self ? "You" : record.name;
  return (
    <Panel title="Roles" flush>
      <ul className="divide-y divide-line">
        {roles.map((role) => {
          const given = record.roles.find((each) => each.role === role)?.given;
          return (
            <li
              key={role}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5"
            >
              <div className="min-w-0 flex-1 basis-56">
                <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
                  <span className="font-semibold">{role}</span>
                  {given && (
                    <>
                      <Badge tone="ok" icon={Check}>
                        Given
                      </Badge>
                      <span className="text-xs text-ink-muted">
                        <Moment at={given.at} view={view} as="instant" /> by {inSentence(given.by)}
                      </span>
                    </>
                  )}
                </p>
                <p className="text-ink-muted">{sentenceStart(roleMeans[role])}</p>
              </div>
              {may && !(role === "admin" && onlyAdmin) && (
                <ConfirmForm
                  action={given ? revokeRole : grantRole}
                  hidden={{ commandId: randomUUID(), person: record.person, role }}
                  label={given ? "Take away" : "Give"}
                  about={role}
                  size="small"
                  follows={given ? taking(who, role, self) : giving(who, role)}
                  confirm={given ? `Take ${role} away` : `Give ${role}`}
                  confirmVariant={given ? "danger" : "primary"}
                />
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function giving(who: string, role: Role): string {
  return `From the next click on, ${who === "You" ? "you are" : `${who} is`} one who ${roleMeans[role]}`;
}

function taking(who: string, role: Role, self: boolean): string {
  const loses = `From the next click on, ${self ? "you are" : `${who} is`} no longer one who ${roleMeans[role]}`;
  const stays = "What was done with it stays as it is.";
  return self && role === "admin"
    ? `${loses} You cannot give it back to yourself. ${stays}`
    : `${loses} ${stays}`;
}
