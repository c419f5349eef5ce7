import type { Route } from "next";
import Link from "next/link";
import type { Load } from "#lib/queries/supervision";
import { formatNumber, type ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { Cell, type Column, rowLinkClass, TableFrame } from "../../components/table-frame";

const columns: readonly Column[] = [
  { label: "Who" },
  { label: "Role", from: "sm" },
  { label: "Claimed", align: "right" },
  { label: "Late", align: "right" },
  { label: "Next due", from: "sm" },
];

/** Who has claimed how much, and who is free; each row leads to what it is. */
export function LoadTable({ people, view }: { people: readonly Load[]; view: ViewTime }) {
  return (
    <TableFrame caption="Who has claimed how much" columns={columns}>
      {people.map(({ person, name, roles, claimed, late, nextDueAt }) => (
        <tr key={person} className="relative hover:bg-sunken/60">
          <Cell>
            <Link
              href={`/escalations?holder=${encodeURIComponent(person)}` as Route}
              className={rowLinkClass}
            >
              {name}
            </Link>
          </Cell>
          <Cell from="sm" className="text-ink-muted">
            {roles.length > 0 ? roles.join(", ") : "May take nothing more"}
          </Cell>
          <Cell align="right">{formatNumber(claimed)}</Cell>
          <Cell align="right">{formatNumber(late)}</Cell>
          <Cell from="sm" className={claimed === 0 ? "text-ink-muted" : undefined}>
            {nextDueAt ? (
              <Moment at={nextDueAt} view={view} />
            ) : claimed === 0 ? (
              "Nothing"
            ) : (
              "Its clock stands still"
            )}
          </Cell>
        </tr>
      ))}
    </TableFrame>
  );
}
