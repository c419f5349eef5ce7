import { randomUUID } from "node:crypto";
import { checks } from "#lib/audit/findings";
import { cannotSee, type Verification, verifyWorkspace } from "#lib/audit/verify";
import { authContext } from "#lib/auth/context";
import { env } from "#lib/env";
import { logFailure } from "#lib/web/log-failure";
import type { VerifyJob } from "../../components/verify-panel";

/**
 * Verifications as jobs of this process: one at a time, whoever asks meanwhile joins the one that runs. The last one that
 * came to its end is kept. On globalThis, because Next bundles actions, routes and pages apart.
 */
const processWide = globalThis as { holdpointVerification?: VerifyJob };

const findings_max = 100;

/** The verification that runs or was the last to run, in this process. */
export function latestVerification(): VerifyJob | undefined {
  return processWide.holdpointVerification;
}

/** Starts a verification, or answers the one that is running. */
export function startVerification(): VerifyJob {
  const running = latestVerification();
  if (running?.status === "running") return running;
  const job: VerifyJob = {
    id: randomUUID(),
    status: "running",
    done: 0,
    total: null,
    startedAt: authContext().clock.now(),
    checks: [],
    findings: [],
    findingsTotal: 0,
    cannotSee,
  };
  processWide.holdpointVerification = job;
  void run(job);
  return job;
}

async function run(job: VerifyJob): Promise<void> {
  const { keys, clock } = authContext();
  try {
    const verified = await verifyWorkspace({
      databaseUrl: env("DATABASE_URL"),
      workspace: keys.workspace,
      findings_max,
      onProgress: (done, total) => Object.assign(job, { done, total }),
    });
    Object.assign(job, report(verified), { status: "done", finishedAt: clock.now() });
  } catch (error) {
    logFailure("a verification", error);
    const failure = "The database did not let it read to the end. The server's log says more.";
    Object.assign(job, { status: "failed", failure, finishedAt: clock.now() });
  }
}

function report(verified: Verification): Partial<VerifyJob> {
  const { workspace, events, findings, findingsTotal, unreadable } = verified;
  return {
    done: events,
    total: events,
    checks: verified.checks.map((check) => ({
      name: check.name,
      sentence: checks[check.name],
      passed: check.findings === 0,
    })),
    findings: findings.map(({ pos = null, stream = "", version = 0, what, member }) => ({
      workspace,
      pos,
      stream,
      version,
      problem: member ? `${what} (${member})` : what,
    })),
    findingsTotal,
    cannotSee:
      unreadable.subjects === 0
        ? verified.cannotSee
        : [
            ...verified.cannotSee,
            `The encrypted parts of ${unreadable.subjects} subjects, whose keys were erased.`,
          ],
  };
}
