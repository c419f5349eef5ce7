import Link from "next/link";
import { formatNumber, type ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { Cell, TableFrame } from "../../components/table-frame";
import type { Figure } from "./figures";

export type FiguresTableProps = {
  caption: string;
  figures: readonly Figure[];
  view: ViewTime;
};

/** Measures with what to do about each. */
export function FiguresTable({ caption, figures, view }: FiguresTableProps) {
  return (
    <TableFrame
      caption={caption}
      fixed
      columns={[
        { label: "What", className: "md:w-1/3" },
        { label: "How many", align: "right", className: "w-24" },
        { label: "Oldest", from: "sm", className: "w-32" },
        { label: "What to do", from: "md" },
      ]}
    >
      {figures.map((figure) => (
        <tr key={figure.name} className="align-top">
          <Cell>
            <span className="font-medium wrap-anywhere">{figure.name}</span>
            <span className="block text-xs text-ink-muted md:hidden">
              <ToDo figure={figure} />
            </span>
          </Cell>
          <Cell align="right" className="tabular-nums">
            {formatNumber(figure.count)}
            {figure.more && "+"}
          </Cell>
          <Cell from="sm">{figure.oldestAt ? <Moment at={figure.oldestAt} view={view} /> : "—"}</Cell>
          <Cell from="md">
            <ToDo figure={figure} />
          </Cell>
        </tr>
      ))}
    </TableFrame>
  );
}

function ToDo({ figure: { toDo, place } }: { figure: Figure }) {
  return (
    <>
      {toDo}{" "}
      {place && (
        <Link href={place.href} className="text-accent underline underline-offset-2">
          {place.label}
        </Link>
      )}
    </>
  );
}
