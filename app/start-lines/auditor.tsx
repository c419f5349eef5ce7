import type { Route } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { letThroughSince, refusalsSince } from "#lib/queries/start";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { latestVerification } from "../audit/verification";
import { store } from "../reading";
import { lineOf, type StartLine } from "./line";

const day_ms = 86_400_000;

/** What was refused, what nobody looked at, and whether the log was found as it should be. */
export async function auditorLines(actor: AuthorizedActor, view: ViewTime): Promise<StartLine[]> {
  const since = new Date(Date.parse(view.now) - day_ms).toISOString();
  const [refusals, letThrough] = await Promise.all([
    refusalsSince(actor, store(), since),
    letThroughSince(actor, store(), since),
  ]);
  return [
    ...verificationLines(view),
    ...lineOf(
      "refusals",
      refusals,
      { one: "time somebody was refused", many: "times somebody was refused" },
      {
        href: "/audit?type=accessRefused" as Route,
        tone: "neutral",
        needs: false,
        beside: "In the last 24 hours, for want of the right",
      },
    ),
    ...lineOf(
      "letThrough",
      letThrough,
      {
        one: "order was let through by the policy alone",
        many: "orders were let through by the policy alone",
      },
      {
        href: "/orders?asked=nobody" as Route,
        tone: "neutral",
        needs: false,
        beside: "In the last 24 hours, without a person",
      },
    ),
  ];
}

function verificationLines(view: ViewTime): StartLine[] {
  const job = latestVerification();
  const line = { id: "verification", href: "/audit", tone: "neutral", needs: false } as const;
  if (!job)
    return [
      { ...line, count: "–", words: "Not verified since this process began", beside: "Start it under Audit" },
    ];
  if (job.status === "running")
    return [{ ...line, count: "…", words: "A verification of the log is running" }];
  if (job.status === "failed")
    return [
      {
        ...line,
        tone: "bad",
        needs: true,
        count: "!",
        words: "The last verification did not come to its end",
      },
    ];
  const findings = { count: job.findingsTotal, more: false };
  return [
    {
      ...line,
      tone: findings.count > 0 ? "bad" : "neutral",
      needs: findings.count > 0,
      count: `${findings.count}`,
      words: findings.count === 1 ? "finding at the last verification" : "findings at the last verification",
      beside: job.finishedAt && (
        <>
          <Moment at={job.finishedAt} view={view} /> by this process
        </>
      ),
    },
  ];
}
