import { Ban } from "lucide-react";
import Link from "next/link";
import type { PersonLine } from "#lib/queries/people";
import { Badge } from "../../components/badge";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { Cell, type Column, rowLinkClass, TableFrame } from "../../components/table-frame";
import { personPath } from "./person-path";

const columns: readonly Column[] = [
  { label: "Name" },
  { label: "Roles", from: "sm" },
  { label: "Here since", from: "md" },
  { label: "Last seen" },
  { label: "Signed in", from: "lg", align: "right" },
];

/** People in a table, each row leading to its person. */
export function PeopleList({ lines, view }: { lines: readonly PersonLine[]; view: ViewTime }) {
  return (
    <TableFrame caption="People, by name" columns={columns}>
      {lines.map((line) => (
        <tr key={line.person} className="relative align-baseline hover:bg-sunken/60">
          <Cell>
            <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
              <Link href={personPath(line.person)} className={rowLinkClass}>
                {line.name}
              </Link>
              {line.name !== line.person && (
                <span className="font-mono text-xs text-ink-muted wrap-anywhere">{line.person}</span>
              )}
              {line.disabled && (
                <Badge tone="bad" icon={Ban}>
                  Disabled
                </Badge>
              )}
            </span>
            <p className="mt-0.5 text-xs text-ink-muted sm:hidden">{rolesOf(line)}</p>
          </Cell>
          <Cell from="sm" className="text-ink-muted">
            {rolesOf(line)}
          </Cell>
          <Cell from="md" className="whitespace-nowrap text-ink-muted">
            <Moment at={line.addedAt} view={view} as="instant" />
          </Cell>
          <Cell className="text-ink-muted">
            {line.lastSeenAt === null ? "never" : <Moment at={line.lastSeenAt} view={view} />}
          </Cell>
          <Cell from="lg" align="right" className="whitespace-nowrap text-ink-muted tabular-nums">
            {browsers(line.openSessions)}
          </Cell>
        </tr>
      ))}
    </TableFrame>
  );
}

function rolesOf({ roles }: PersonLine): string {
  return roles.join(", ") || "no role";
}

function browsers(count: number): string {
  if (count === 0) return "no";
  return count === 1 ? "in 1 browser" : `in ${count} browsers`;
}
