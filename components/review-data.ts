import type { Route } from "next";
import type { Tone } from "./badge";
import type { Sla } from "./countdown-reading";
import type { Verdict } from "./decision-form";
import type { Instant } from "./format";
import type { OrderLine } from "./lines-table";
import type { PolicyRule } from "./policy-result";

/** A word about where an order stands, with its colour. */
export type Look = { label: string; tone: Tone };

/** A verdict beside the queue: what it sets off, and beginnings of a note that fit it. */
export type ReviewVerdict = Verdict & { follows: string; reasons: readonly string[]; irreversible: boolean };

export type ReviewTask = {
  key: string;
  step: string;
  visit: number;
  title: string;
  sla: Sla;
  owner?: string;
  mine: boolean;
  /** The hash over what is shown: what a verdict is about. */
  evidence: string;
  /** Why nobody can decide it at this moment: it waits for changes, or a supervisor holds it up. */
  waits: "changes" | "supervisor" | null;
  verdicts: readonly ReviewVerdict[];
  mayClaim: boolean;
  mayRelease: boolean;
  mayTakeOver: boolean;
  decision: { participle: string; by: string; effectiveAt: Instant; mine: boolean } | null;
};

/** Everything one order is decided by, in words, as `GET /queue/review/<order>` answers it. */
export type ReviewData = {
  order: string;
  orderHref: Route;
  title: string;
  standing: Look;
  total: string;
  requestedBy: string;
  receivedAt: Instant;
  /** The server's time when it said all this. */
  now: Instant;
  facts: readonly { label: string; value: string | undefined; from?: string }[];
  note?: string;
  lines: readonly OrderLine[];
  policy: readonly PolicyRule[];
  /** The customer's orders before this one, newest first; null where no customer is named. */
  earlier: {
    orders: readonly {
      href: Route;
      number: string;
      total: string;
      receivedAt: Instant;
      standing: Look;
      decided: string;
    }[];
    more: boolean;
  } | null;
  tasks: readonly ReviewTask[];
  /** What is wrong with the order, in a sentence. */
  trouble: string | null;
  /** The last things that happened to it, oldest first. */
  happened: readonly { version: number; at: Instant; by: string; sentence: string; note?: string }[];
};
