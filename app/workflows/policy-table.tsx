import type { PolicyLine } from "#lib/queries/policy-lines";
import { EmptyState } from "../../components/empty-state";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { Cell, type Column, TableFrame } from "../../components/table-frame";

const columns: readonly Column[] = [
  { label: "What the policy says" },
  { label: "Since", from: "sm", className: "w-48" },
  { label: "By", from: "md", className: "w-40" },
];

/** The policy in force: each thing it says, since when and by whom. */
export function PolicyTable({
  of,
  lines,
  view,
}: {
  of: string;
  lines: readonly PolicyLine[];
  view: ViewTime;
}) {
  if (lines.length === 0)
    return (
      <EmptyState title="No policy" reason="No policy is published for it, so nothing asks for a person." />
    );
  return (
    <TableFrame caption={`Policy of ${of}`} columns={columns}>
      {lines.map(({ sentence, since }) => (
        <tr key={sentence} className="align-baseline">
          <Cell>
            {sentence}
            {since && (
              <span className="block text-xs text-ink-muted sm:hidden">
                since <Moment at={since.at} view={view} as="instant" />, {since.by}
              </span>
            )}
          </Cell>
          <Cell from="sm" className="whitespace-nowrap text-ink-muted">
            {since && <Moment at={since.at} view={view} as="instant" />}
          </Cell>
          <Cell from="md" className="text-ink-muted">
            {since?.by}
          </Cell>
        </tr>
      ))}
    </TableFrame>
  );
}
