import { randomUUID } from "node:crypto";
import type { SessionLine } from "#lib/queries/person";
import { Badge } from "../../components/badge";
import { CommandForm, type CommandFormProps } from "../../components/command-form";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";

export type SessionListProps = {
  person: string;
  sessions: readonly SessionLine[];
  /** The session of who looks. */
  current: string | undefined;
  view: ViewTime;
  /** What stands there when there is none. */
  none: string;
  /** Ends one of them; without it they are only shown. */
  end?: CommandFormProps["action"];
  /** Ends several at once. */
  all?: { action: CommandFormProps["action"]; label: string };
};

/** The browsers in which somebody is signed in, and the way to sign them out. */
export function SessionList({ person, sessions, current, view, none, end, all }: SessionListProps) {
  return (
    <div className="grid gap-3">
      {sessions.length === 0 ? (
        <p className="text-ink-muted">{none}</p>
      ) : (
        <ul className="grid divide-y divide-line">
          {sessions.map(({ session, begunAt, seenAt }) => (
            <li
              key={session}
              className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2 first:pt-0 last:pb-0"
            >
              <span className="min-w-0 flex-1 basis-52">
                Signed in <Moment at={begunAt} view={view} as="instant" />
                <span className="block text-xs text-ink-muted">
                  last heard of <Moment at={seenAt} view={view} />
                </span>
              </span>
              {session === current ? (
                <Badge tone="accent">This browser</Badge>
              ) : (
                end && (
                  <CommandForm
                    action={end}
                    hidden={{ person, session, commandId: randomUUID() }}
                    label="Sign out"
                    size="small"
                  />
                )
              )}
            </li>
          ))}
        </ul>
      )}
      {all && sessions.some(({ session }) => session !== current) && (
        <CommandForm
          action={all.action}
          hidden={{ person, commandId: randomUUID() }}
          label={all.label}
          size="small"
        />
      )}
    </div>
  );
}
