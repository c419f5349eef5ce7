"use client";

import { QueryClient, QueryClientProvider, useMutation, useQuery } from "@tanstack/react-query";
import { Check, LoaderCircle, ShieldCheck, X } from "lucide-react";
import { useState } from "react";
import { Badge } from "./badge";
import { Button } from "./button";
import { formatDuration, formatNumber, type Instant, type ViewTime } from "./format";
import { Moment } from "./moment";
import { Notice } from "./notice";
import { Progress } from "./progress";

/** One thing that is verified over the whole log: "Every leaf is the hash of its body". */
export type VerifyCheck = { name: string; sentence: string; passed: boolean };

/** One place where the log is not what it should be. */
export type VerifyFinding = {
  workspace: string;
  pos: number | null;
  stream: string;
  version: number;
  problem: string;
};

/** A verification, running or over; `findings` are the first ones of `findingsTotal`. */
export type VerifyJob = {
  id: string;
  status: "running" | "done" | "failed";
  done: number;
  total: number | null;
  startedAt: Instant;
  finishedAt?: Instant;
  checks: readonly VerifyCheck[];
  findings: readonly VerifyFinding[];
  findingsTotal: number;
  /** What a verification like this cannot see, in whole sentences. */
  cannotSee: readonly string[];
  /** Why it failed, when it could not come to its end. */
  failure?: string;
};

export type VerifyStart = { status: "started"; job: VerifyJob } | { status: "refused"; message: string };

export type VerifyPanelProps = {
  /** Starts a verification, or joins the one that runs. */
  start: () => Promise<VerifyStart>;
  /** Answers `GET <statusUrl>?job=<id>` with a `VerifyJob` as JSON. */
  statusUrl: string;
  view: ViewTime;
  /** The latest verification, if there was one. */
  latest?: VerifyJob;
};

const POLL_MS = 700;

async function fetchJob(statusUrl: string, id: string, signal: AbortSignal): Promise<VerifyJob> {
  const response = await fetch(`${statusUrl}?job=${encodeURIComponent(id)}`, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return (await response.json()) as VerifyJob;
}

/** Verifies the log as a job: starts it, follows it, and prints what it found and what it cannot see. */
export function VerifyPanel(props: VerifyPanelProps) {
  const [client] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={client}>
      <Verification {...props} />
    </QueryClientProvider>
  );
}

function Verification({ start, statusUrl, view, latest }: VerifyPanelProps) {
  const starting = useMutation({ mutationFn: start });
  const begun = starting.data?.status === "started" ? starting.data.job : latest;
  const following = useQuery({
    queryKey: ["verify", begun?.id],
    queryFn: ({ signal }) => fetchJob(statusUrl, begun?.id ?? "", signal),
    enabled: begun?.status === "running",
    initialData: begun,
    refetchInterval: (query) => (query.state.data?.status === "running" ? POLL_MS : false),
  });
  const job = following.data;
  const running = job?.status === "running" || starting.isPending;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-[64ch] text-ink-muted">
          Reads the whole log again: every hash, the chain of every stream, every position, and every table
          against the events it was made from.
        </p>
        <Button
          variant="primary"
          aria-disabled={running || undefined}
          onClick={() => {
            if (!running) starting.mutate();
          }}
        >
          {running ? (
            <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />
          ) : (
            <ShieldCheck aria-hidden="true" className="size-4" />
          )}
          {running ? "Verifying…" : job ? "Verify again" : "Verify the log"}
        </Button>
      </div>
      {starting.data?.status === "refused" && <Notice kind="error" title={starting.data.message} announce />}
      {starting.isError && (
        <Notice kind="error" title="The verification could not be started. Try again." announce />
      )}
      {following.isError && job?.status === "running" && (
        <Notice kind="warning" title="No news from the server just now">
          What is shown is the last that was heard. It is asked again by itself.
        </Notice>
      )}
      {job?.status === "running" && (
        <Progress label="Verifying the log" done={job.done} total={job.total} unit="events" />
      )}
      {job && job.status !== "running" && <Report job={job} view={view} />}
    </div>
  );
}

function Report({ job, view }: { job: VerifyJob; view: ViewTime }) {
  const sound = job.status === "done" && job.findingsTotal === 0;
  const took_ms =
    job.finishedAt === undefined ? undefined : Date.parse(job.finishedAt) - Date.parse(job.startedAt);
  return (
    <div className="grid gap-4">
      <Notice
        kind={sound ? "success" : "error"}
        announce
        title={
          job.status === "failed"
            ? "The verification did not come to its end"
            : sound
              ? "The log is what was recorded"
              : `${formatNumber(job.findingsTotal)} ${job.findingsTotal === 1 ? "place is" : "places are"} wrong`
        }
      >
        {job.failure && <p>{job.failure}</p>}
        <p>
          {formatNumber(job.done)} events read, begun <Moment at={job.startedAt} view={view} as="instant" />
          {took_ms !== undefined &&
            `, in ${took_ms < 1_000 ? "less than a second" : formatDuration(took_ms)}`}
          .
        </p>
      </Notice>
      {job.findings.length > 0 && (
        <table className="w-full border-collapse">
          <caption className="pb-1 text-left font-semibold">
            {job.findings.length < job.findingsTotal
              ? `The first ${formatNumber(job.findings.length)} of them`
              : "What is wrong"}
          </caption>
          <thead className="border-b border-edge text-left text-xs text-ink-muted">
            <tr>
              <th scope="col" className="py-1.5 pr-3 font-medium">
                Position
              </th>
              <th scope="col" className="hidden py-1.5 pr-3 font-medium sm:table-cell">
                Stream and version
              </th>
              <th scope="col" className="py-1.5 font-medium">
                Problem
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {job.findings.map((finding) => (
              <tr
                key={`${finding.pos} ${finding.stream}@${finding.version} ${finding.problem}`}
                className="align-baseline"
              >
                <td className="py-1.5 pr-3 font-mono text-xs">{finding.pos ?? "none"}</td>
                <td className="hidden py-1.5 pr-3 font-mono text-xs wrap-anywhere sm:table-cell">
                  {finding.stream}@{finding.version}
                </td>
                <td className="py-1.5 wrap-anywhere">
                  {finding.problem}
                  <span className="block font-mono text-xs text-ink-muted sm:hidden">
                    {finding.stream}@{finding.version}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ul className="grid gap-1.5">
        {job.checks.map((check) => (
          <li key={check.name} className="flex items-baseline gap-2">
            <Badge tone={check.passed ? "ok" : "bad"} icon={check.passed ? Check : X}>
              {check.passed ? "Holds" : "Broken"}
            </Badge>
            <span className="min-w-0 wrap-anywhere">{check.sentence}</span>
          </li>
        ))}
      </ul>
      {job.cannotSee.length > 0 && (
        <div>
          <h3 className="text-[0.8125rem]">What this cannot see</h3>
          <ul className="mt-1 list-disc pl-5 text-ink-muted">
            {job.cannotSee.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
