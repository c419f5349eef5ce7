import type { ReactNode } from "react";

export type PageHeadingProps = {
  title: string;
  /** The kind of thing, above the title: "Order". */
  kind?: string;
  /** One sentence below the title. */
  description?: ReactNode;
  /** Badges beside the title. */
  status?: ReactNode;
  /** What can be done with the whole page: links and buttons. */
  actions?: ReactNode;
};

/** The page's only h1, with what belongs beside it. */
export function PageHeading({ title, kind, description, status, actions }: PageHeadingProps) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pb-4">
      <div className="min-w-0">
        {kind && <p className="text-xs font-medium text-ink-muted">{kind}</p>}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-xl leading-7 wrap-anywhere">{title}</h1>
          {status}
        </div>
        {description && <p className="mt-0.5 max-w-[72ch] text-ink-muted">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
