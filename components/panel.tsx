import { type ReactNode, useId } from "react";
import { classNames } from "./class-names";

export type PanelProps = {
  title: string;
  /** Beside the title: a badge, a count, a link. */
  aside?: ReactNode;
  /** Set when the content draws its own edges, as tables do. */
  flush?: boolean;
  children: ReactNode;
};

/** A titled section of a page on its own ground. */
export function Panel({ title, aside, flush, children }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-lg border border-line bg-surface">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2.5">
        <h2 id={id} className="text-sm">
          {title}
        </h2>
        {aside}
      </div>
      <div className={classNames(!flush && "p-4")}>{children}</div>
    </section>
  );
}
