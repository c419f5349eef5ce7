import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { EmptyState } from "./empty-state";
import { type PageLinks, Pagination } from "./pagination";

/** From which width of the screen on a column is there; on a smaller one its content stands in another cell. */
export type FromWidth = "sm" | "md" | "lg";

const shownFrom: Record<FromWidth, string> = {
  sm: "hidden sm:table-cell",
  md: "hidden md:table-cell",
  lg: "hidden lg:table-cell",
};

/** A column's head; `className` fixes its width, or its place above cells that differ from others. */
export type Column = { label: string; from?: FromWidth; align?: "right"; className?: string };

export type TableFrameProps = {
  /** Names the table for people who hear it. */
  caption: string;
  columns: readonly Column[];
  /** Set when columns keep the widths they name, whatever stands in them. */
  fixed?: boolean;
  /** The rows: `<tr>` of `Cell`s, in the order of the columns. */
  children: ReactNode;
};

/** A table on its own ground, with its heads. */
export function TableFrame({ caption, columns, fixed, children }: TableFrameProps) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className={classNames("w-full border-collapse", fixed && "table-fixed")}>
        <caption className="sr-only">{caption}</caption>
        <thead className="border-b border-line bg-sunken">
          <tr>
            {columns.map(({ label, from, align, className }) => (
              <th
                key={label}
                scope="col"
                className={classNames(
                  "px-3 py-2 text-xs font-medium whitespace-nowrap text-ink-muted",
                  align ? "text-right" : "text-left",
                  from && shownFrom[from],
                  className,
                )}
              >
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}

export type CellProps = { from?: FromWidth; align?: "right"; className?: string; children: ReactNode };

/** A cell below a column that has the same `from` and `align`. */
export function Cell({ from, align, className, children }: CellProps) {
  return (
    <td className={classNames("px-3 py-2", from && shownFrom[from], align && "text-right", className)}>
      {children}
    </td>
  );
}

/** The look of a link that makes the whole row one: the row is `relative`. */
export const rowLinkClass = classNames(
  "font-medium wrap-anywhere after:absolute after:inset-0 hover:underline focus-visible:outline-none",
  "focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:-outline-offset-2",
  "focus-visible:after:outline-accent",
);

export type ListTableProps<Row> = Omit<TableFrameProps, "children"> & {
  rows: readonly Row[];
  /** Draws one row, with its key. */
  row: (row: Row) => ReactNode;
  pages?: PageLinks & { summary?: string };
  /** What stands there in place of a table without rows. */
  empty: { title: string; reason: string };
};

/** A page of a list: its rows in a table, or why there are none, and the way to other pages. */
export function ListTable<Row>({ rows, row, pages, empty, ...frame }: ListTableProps<Row>) {
  return (
    <>
      {rows.length === 0 ? (
        <EmptyState title={empty.title} reason={empty.reason} />
      ) : (
        <TableFrame {...frame}>{rows.map(row)}</TableFrame>
      )}
      <Pagination of={frame.caption} {...pages} />
    </>
  );
}
