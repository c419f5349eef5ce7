import {
  Ban,
  Check,
  CircleAlert,
  CircleDashed,
  CircleHelp,
  Clock,
  Cog,
  Hand,
  type LucideIcon,
  PencilLine,
  RotateCcw,
  User,
  X,
} from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** What a colour says: nothing in particular, under way, good, careful, bad. */
export type Tone = "neutral" | "accent" | "ok" | "warn" | "bad";

/** Tint and text of every tone, at 4.5:1. */
export const toneClass: Record<Tone, string> = {
  neutral: "bg-sunken text-ink-muted",
  accent: "bg-accent-tint text-accent",
  ok: "bg-ok-tint text-ok",
  warn: "bg-warn-tint text-warn",
  bad: "bg-bad-tint text-bad",
};

export type BadgeProps = { tone?: Tone; icon?: LucideIcon; children: ReactNode };

/** A word about the state of something; never colour alone. */
export function Badge({ tone = "neutral", icon: Icon, children }: BadgeProps) {
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1 rounded-sm px-1.5 py-px text-xs leading-5 font-medium whitespace-nowrap",
        toneClass[tone],
      )}
    >
      {Icon && <Icon aria-hidden="true" className="size-3.5 shrink-0" strokeWidth={2.25} />}
      {children}
    </span>
  );
}

type Look = { label: string; tone: Tone; icon: LucideIcon };

/** Where an order stands as a whole. */
export type OrderStatus =
  | "underReview"
  | "needsChanges"
  | "working"
  | "waiting"
  | "needsAttention"
  | "completed"
  | "rejected"
  | "cancelled";

const orderLooks: Record<OrderStatus, Look> = {
  underReview: { label: "Under review", tone: "accent", icon: Hand },
  needsChanges: { label: "Needs changes", tone: "warn", icon: PencilLine },
  working: { label: "Working", tone: "neutral", icon: Cog },
  waiting: { label: "Waiting", tone: "neutral", icon: Clock },
  needsAttention: { label: "Needs attention", tone: "bad", icon: CircleAlert },
  completed: { label: "Completed", tone: "ok", icon: Check },
  rejected: { label: "Rejected", tone: "bad", icon: X },
  cancelled: { label: "Cancelled", tone: "neutral", icon: Ban },
};

/** The order's status in words. */
export function OrderBadge({ status }: { status: OrderStatus }) {
  const { label, tone, icon } = orderLooks[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}

/** The states of a task (WS-HumanTask). */
export type TaskStatus =
  | "CREATED"
  | "READY"
  | "RESERVED"
  | "IN_PROGRESS"
  | "SUSPENDED"
  | "COMPLETED"
  | "FAILED"
  | "ERROR"
  | "EXITED"
  | "OBSOLETE";

const taskLooks: Record<TaskStatus, Look> = {
  CREATED: { label: "Nobody assigned", tone: "neutral", icon: CircleDashed },
  READY: { label: "Ready", tone: "accent", icon: Hand },
  RESERVED: { label: "Claimed", tone: "accent", icon: User },
  IN_PROGRESS: { label: "In progress", tone: "accent", icon: User },
  SUSPENDED: { label: "Waiting for changes", tone: "warn", icon: PencilLine },
  COMPLETED: { label: "Decided", tone: "ok", icon: Check },
  FAILED: { label: "Failed", tone: "bad", icon: X },
  ERROR: { label: "Needs attention", tone: "bad", icon: CircleAlert },
  EXITED: { label: "Withdrawn", tone: "neutral", icon: Ban },
  OBSOLETE: { label: "No longer needed", tone: "neutral", icon: Ban },
};

/** The task's state in the words of those who decide. */
export function TaskBadge({ status }: { status: TaskStatus }) {
  const { label, tone, icon } = taskLooks[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}

/** The states of an effect. */
export type EffectStatus = "INTENDED" | "ATTEMPTED" | "CONFIRMED" | "FAILED" | "IN_DOUBT" | "COMPENSATED";

const effectLooks: Record<EffectStatus, Look> = {
  INTENDED: { label: "Not sent yet", tone: "neutral", icon: CircleDashed },
  ATTEMPTED: { label: "Sent, no answer yet", tone: "accent", icon: Clock },
  CONFIRMED: { label: "Confirmed", tone: "ok", icon: Check },
  FAILED: { label: "Failed", tone: "bad", icon: X },
  IN_DOUBT: { label: "Outcome unknown", tone: "warn", icon: CircleHelp },
  COMPENSATED: { label: "Taken back", tone: "neutral", icon: RotateCcw },
};

/** What is known of an outside action. */
export function EffectBadge({ status }: { status: EffectStatus }) {
  const { label, tone, icon } = effectLooks[status];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}
