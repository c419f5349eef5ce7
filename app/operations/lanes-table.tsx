import { Check, CircleAlert, Hourglass, type LucideIcon } from "lucide-react";
import { effectWords } from "#lib/queries/words";
import { Badge, type Tone } from "../../components/badge";
import { formatNumber, type ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { Cell, TableFrame } from "../../components/table-frame";
import type { LaneFigure } from "./lanes";

const looks: Record<LaneFigure["standing"], { label: string; tone: Tone; icon: LucideIcon }> = {
  open: { label: "Open", tone: "ok", icon: Check },
  cooling: { label: "Left alone", tone: "bad", icon: CircleAlert },
  trying: { label: "Being tried", tone: "warn", icon: Hourglass },
};

/** How the calls to other systems stand: whether they answer, how many are under way, and how many wait for their turn. */
export function LanesTable({ lanes, view }: { lanes: readonly LaneFigure[]; view: ViewTime }) {
  return (
    <TableFrame
      caption="Calls to other systems"
      fixed
      columns={[
        { label: "What", className: "md:w-1/3" },
        { label: "State", from: "sm", className: "w-36" },
        { label: "Under way", from: "sm", align: "right", className: "w-24" },
        { label: "Waiting", from: "sm", align: "right", className: "w-20" },
        { label: "What to do", from: "md" },
      ]}
    >
      {lanes.map((lane) => (
        <tr key={lane.effect} className="align-top">
          <Cell>
            <span className="font-medium wrap-anywhere">{effectWords(lane.effect).title}</span>
            <span className="block text-xs text-ink-muted">{bounds(lane)}</span>
            <span className="block py-1 sm:hidden">
              <Standing lane={lane} view={view} />
              <span className="block pt-1 tabular-nums">
                {formatNumber(lane.running)} under way, {formatNumber(lane.waiting)} waiting
              </span>
            </span>
            <span className="block text-xs text-ink-muted md:hidden">{lane.toDo}</span>
          </Cell>
          <Cell from="sm">
            <Standing lane={lane} view={view} />
          </Cell>
          <Cell from="sm" align="right" className="tabular-nums">
            {formatNumber(lane.running)}
          </Cell>
          <Cell from="sm" align="right" className="tabular-nums">
            {formatNumber(lane.waiting)}
          </Cell>
          <Cell from="md">{lane.toDo}</Cell>
        </tr>
      ))}
    </TableFrame>
  );
}

function Standing({ lane: { standing, coolsUntil }, view }: { lane: LaneFigure; view: ViewTime }) {
  const { label, tone, icon } = looks[standing];
  return (
    <>
      <Badge tone={tone} icon={icon}>
        {label}
      </Badge>
      {coolsUntil && (
        <span className="block pt-0.5 text-xs text-ink-muted">
          until <Moment at={coolsUntil} view={view} as="timeOfDay" />
        </span>
      )}
    </>
  );
}

function bounds({ running_max, perSecond_max }: LaneFigure): string {
  const atOnce = `At most ${formatNumber(running_max)} at once`;
  return perSecond_max === null ? atOnce : `${atOnce}, ${formatNumber(perSecond_max)} a second`;
}
