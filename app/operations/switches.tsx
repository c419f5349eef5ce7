import { randomUUID } from "node:crypto";
import { Check, Pause } from "lucide-react";
import type { Stopped } from "#lib/domain/workspace";
import type { Names } from "#lib/queries/people-names";
import { Badge } from "../../components/badge";
import { CommandForm, type CommandFormProps } from "../../components/command-form";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { openIntake, pauseDispatch, resumeDispatch, stopIntake } from "./actions";

type Part = {
  name: string;
  on: { label: string; means: string; form: Pick<CommandFormProps, "action" | "label" | "variant"> };
  off: { label: string; means: string; form: Pick<CommandFormProps, "action" | "label"> };
};

const parts: Record<keyof Stopped, Part> = {
  dispatch: {
    name: "Dispatch",
    on: {
      label: "Goes on",
      means: "What is approved is sent to other systems.",
      form: { action: pauseDispatch, label: "Pause dispatch", variant: "danger" },
    },
    off: {
      label: "Paused",
      means: "Nothing is sent to other systems. People work on, and what they approve waits.",
      form: { action: resumeDispatch, label: "Resume dispatch" },
    },
  },
  intake: {
    name: "Intake",
    on: {
      label: "Open",
      means: "New orders are taken in.",
      form: { action: stopIntake, label: "Stop intake", variant: "danger" },
    },
    off: {
      label: "Stopped",
      means: "New orders are refused and told to come again; those that are here go on.",
      form: { action: openIntake, label: "Open intake" },
    },
  },
};

/** The switches of the whole workspace, with who threw them and when. */
export function Switches({ stopped, names, view }: { stopped: Stopped; names: Names; view: ViewTime }) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2">
      {(Object.keys(parts) as (keyof Stopped)[]).map((key) => {
        const { name, on, off } = parts[key];
        const thrown = stopped[key];
        const { label, means, form } = thrown ? off : on;
        return (
          <li key={key} className="grid content-start gap-2 rounded-md border border-line p-4">
            <h3 className="flex items-center gap-2 text-sm font-medium">
              {name}
              <Badge tone={thrown ? "warn" : "ok"} icon={thrown ? Pause : Check}>
                {label}
              </Badge>
            </h3>
            <p className="text-ink-muted">
              {means}
              {thrown && (
                <>
                  {" "}
                  {names.person(thrown.by)} did this <Moment at={thrown.since} view={view} />.
                </>
              )}
            </p>
            <CommandForm
              {...form}
              size="small"
              hidden={{ commandId: randomUUID() }}
              note={{ label: "Why", required: true, hint: "It stands in the log." }}
            />
          </li>
        );
      })}
    </ul>
  );
}
