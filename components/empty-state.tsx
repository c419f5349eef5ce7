import type { ReactNode } from "react";

export type EmptyStateProps = {
  /** What is not there: "Nothing waits for you". */
  title: string;
  /** Why it is empty, and what would fill it. */
  reason: string;
  /** What to do next: a link or a button. */
  children?: ReactNode;
};

/** In place of an empty list: why, and what next. */
export function EmptyState({ title, reason, children }: EmptyStateProps) {
  return (
    <div className="grid justify-items-center gap-2 rounded-lg border border-dashed border-edge px-6 py-12 text-center">
      <svg aria-hidden="true" viewBox="0 0 96 24" className="mb-1 h-6 w-24" fill="none">
        <path d="M2 12h30" className="stroke-edge" strokeWidth="2" />
        <path
          d="M64 12h30"
          className="stroke-edge"
          strokeWidth="2"
          strokeDasharray="2 5"
          strokeLinecap="round"
        />
        <path d="M48 2l10 10-10 10-10-10z" className="stroke-hold" strokeWidth="2" />
      </svg>
      <p className="text-base font-semibold">{title}</p>
      <p className="max-w-[46ch] text-ink-muted">{reason}</p>
      {children && <div className="mt-2 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  );
}
