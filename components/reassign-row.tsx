"use client";

import { createContext, type ReactNode, useContext, useId, useLayoutEffect, useRef, useState } from "react";
import { Button } from "./button";
import { CommandForm, type CommandState } from "./command-form";
import { HandOver } from "./hand-over-form";

type Action = (state: CommandState, data: FormData) => Promise<CommandState>;
type Hidden = Readonly<Record<string, string | number | undefined>>;

/** What is done with the task of one row. Each form has a command of its own. */
export type Reassignment = {
  /** Who has claimed it: then it can be given back. */
  holder?: string;
  release: { action: Action; hidden: Hidden };
  handOver: { action: Action; hidden: Hidden };
  /** Who could take it. */
  people: readonly { id: string; name: string }[];
};

type News = {
  tell(what: string): void;
  /** Takes the focus of a row that goes: without it, who uses the keyboard would begin at the top of the page again. */
  takeFocus(): void;
};
const NewsContext = createContext<News | null>(null);

/** Around a table of such rows: says what was done, also where the row it was done in is gone then. */
export function ReassignNews({ children }: { children: ReactNode }) {
  const [told, tell] = useState("");
  const place = useRef<HTMLParagraphElement>(null);
  const [news] = useState<News>({ tell, takeFocus: () => place.current?.focus({ preventScroll: true }) });
  return (
    <NewsContext value={news}>
      <p ref={place} role="status" tabIndex={-1} className="rounded-sm font-medium text-ok empty:sr-only">
        {told}
      </p>
      {children}
    </NewsContext>
  );
}

type Disclosed = { open: boolean; toggle(by: HTMLElement): void; panel: string; about: string };
const RowContext = createContext<Disclosed | null>(null);

export type ReassignRowProps = {
  /** Which row it is, for people who hear the page. */
  about: string;
  /** Over how many columns the forms reach. */
  columns: number;
  /** Absent where nothing can be done with the task now. */
  reassignment?: Reassignment;
  className?: string;
  /** The cells, with a `ReassignButton` in one of them. */
  children: ReactNode;
};

/** A row of a table that opens below itself, to give its task back or to hand it to somebody else. */
export function ReassignRow({ about, columns, reassignment, className, children }: ReassignRowProps) {
  const [open, setOpen] = useState(false);
  const panel = useId();
  const news = useContext(NewsContext);
  const cells = useRef<HTMLTableRowElement>(null);
  const forms = useRef<HTMLTableRowElement>(null);
  const opener = useRef<HTMLElement>(null);
  useLayoutEffect(
    () => () => {
      const focused = document.activeElement;
      if (cells.current?.contains(focused) || forms.current?.contains(focused)) news?.takeFocus();
    },
    [news],
  );
  const thenClose =
    (action: Action): Action =>
    async (state, data) => {
      const next = await action(state, data);
      if (next.status === "done") {
        opener.current?.focus({ preventScroll: true });
        setOpen(false);
        news?.tell(`${about}: ${next.message}`);
      }
      return next;
    };
  const toggle = (by: HTMLElement) => {
    opener.current = by;
    setOpen(!open);
  };
  return (
    <RowContext value={reassignment ? { open, toggle, panel, about } : null}>
      <tr ref={cells} className={className}>
        {children}
      </tr>
      {open && reassignment && (
        <tr ref={forms} id={panel} className="bg-sunken/60">
          <td colSpan={columns} className="px-3 py-3">
            <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
              {reassignment.holder && (
                <div className="grid gap-1">
                  <p className="text-[0.8125rem] text-ink-muted">Claimed by {reassignment.holder}</p>
                  <CommandForm
                    action={thenClose(reassignment.release.action)}
                    hidden={reassignment.release.hidden}
                    label="Give back"
                  />
                </div>
              )}
              {reassignment.people.length > 0 ? (
                <HandOver
                  action={thenClose(reassignment.handOver.action)}
                  hidden={reassignment.handOver.hidden}
                  people={reassignment.people}
                />
              ) : (
                <p className="text-ink-muted">Nobody else could take it.</p>
              )}
            </div>
          </td>
        </tr>
      )}
    </RowContext>
  );
}

/** Opens and closes the row it stands in; nothing where nothing can be done. */
export function ReassignButton() {
  const row = useContext(RowContext);
  if (!row) return null;
  return (
    <Button
      variant="quiet"
      size="small"
      className="relative -ml-2 aria-expanded:bg-sunken"
      aria-expanded={row.open}
      aria-controls={row.open ? row.panel : undefined}
      onClick={({ currentTarget }) => row.toggle(currentTarget)}
    >
      <span aria-hidden="true">Reassign…</span>
      <span className="sr-only">{`Reassign ${row.about}`}</span>
    </Button>
  );
}
