import {
  Ban,
  Check,
  CircleAlert,
  CircleDashed,
  Clock,
  Cog,
  Hand,
  type LucideIcon,
  PencilLine,
  User,
  X,
} from "lucide-react";
import type { TaskStatus } from "#lib/domain/order";
import type { OrderStanding } from "#lib/queries/standing";
import { Badge, type Tone } from "../components/badge";

/** How a state looks. The states themselves are named where they come about, and a new one does not compile without a look. */
type Look = { label: string; tone: Tone; icon: LucideIcon };

const orderLooks: Record<OrderStanding, Look> = {
  underReview: { label: "Under review", tone: "accent", icon: Hand },
  needsChanges: { label: "Needs changes", tone: "warn", icon: PencilLine },
  working: { label: "Working", tone: "neutral", icon: Cog },
  waiting: { label: "Waiting", tone: "neutral", icon: Clock },
  needsAttention: { label: "Needs attention", tone: "bad", icon: CircleAlert },
  completed: { label: "Completed", tone: "ok", icon: Check },
  rejected: { label: "Rejected", tone: "bad", icon: X },
  cancelled: { label: "Cancelled", tone: "neutral", icon: Ban },
};

/** The words of a badge, for choosing among them. */
export function orderLabel(standing: OrderStanding): string {
  return orderLooks[standing].label;
}

/** The word and the colour of a standing, for what is drawn in the browser. */
export function orderLook(standing: OrderStanding): { label: string; tone: Tone } {
  const { label, tone } = orderLooks[standing];
  return { label, tone };
}

/** Where an order stands as a whole, in words. */
export function OrderBadge({ status }: { status: OrderStanding }) {
  return <LookBadge look={orderLooks[status]} />;
}

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
  return <LookBadge look={taskLooks[status]} />;
}

function LookBadge({ look: { label, tone, icon } }: { look: Look }) {
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}
