import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

export type NoticeKind = "info" | "warning" | "error" | "success";
export type NoticeProps = {
  kind: NoticeKind;
  title?: string;
  children?: ReactNode;
  /** Set when it answers what somebody just did: errors are then read out at once, the rest politely. */
  announce?: boolean;
};

const looks: Record<NoticeKind, { icon: LucideIcon; box: string; mark: string }> = {
  info: { icon: Info, box: "bg-accent-tint border-accent/30", mark: "text-accent" },
  warning: { icon: TriangleAlert, box: "bg-warn-tint border-warn/30", mark: "text-warn" },
  error: { icon: CircleAlert, box: "bg-bad-tint border-bad/30", mark: "text-bad" },
  success: { icon: CircleCheck, box: "bg-ok-tint border-ok/30", mark: "text-ok" },
};

/** Something to know, in the flow of the page. */
export function Notice({ kind, title, children, announce }: NoticeProps) {
  const { icon: Icon, box, mark } = looks[kind];
  return (
    <div
      role={announce ? (kind === "error" ? "alert" : "status") : undefined}
      className={classNames("flex gap-2.5 rounded-md border px-3 py-2.5", box)}
    >
      <Icon aria-hidden="true" className={classNames("mt-0.5 size-4 shrink-0", mark)} strokeWidth={2.25} />
      <div className="grid min-w-0 gap-1">
        {title && <p className={classNames("font-semibold", mark)}>{title}</p>}
        {children && <div className="wrap-anywhere">{children}</div>}
      </div>
    </div>
  );
}
