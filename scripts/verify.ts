/**
 * `npm run verify`: checks the workspace's log and everything that follows from it. Prints each finding with its
 * position and `stream@version`, and what such a check cannot see; `--json` prints the whole result as one object.
 * Exits with 1 when there is a finding.
 */
import type { Finding } from "#lib/audit/findings";
import { type Verification, verifyWorkspace } from "#lib/audit/verify";
import { env } from "#lib/env";
import { withInstallation } from "./installation";
import { progressBar } from "./progress-bar";

async function main(): Promise<number> {
  const bar = progressBar("verify", "events");
  const result = await verifyWorkspace({
    databaseUrl: env("DATABASE_URL"),
    workspace: env("HOLDPOINT_WORKSPACE"),
    onProgress: bar,
  }).finally(bar.end);
  console.log(process.argv.includes("--json") ? JSON.stringify(result, null, 2) : report(result));
  return result.findingsTotal > 0 ? 1 : 0;
}

function report(result: Verification): string {
  const { workspace, events, streams, lastPos, findings, findingsTotal, checks, unreadable } = result;
  const lines = [
    `${workspace}: ${events} events in ${streams} streams, ${lastPos === null ? "no position" : `up to position ${lastPos}`}.`,
    "",
    ...checks.map(
      ({ what, examined, findings }) =>
        `${findings === 0 ? "ok   " : "WRONG"} ${what} (${examined} checked${findings ? `, ${findings} wrong` : ""})`,
    ),
    "",
  ];
  if (unreadable.subjects > 0)
    lines.push(
      `${unreadable.subjects} subjects have no key, so their personal data cannot be read (erased, or lost): ${unreadable.first.join(", ")}${unreadable.subjects > unreadable.first.length ? ", …" : ""}`,
      "",
    );
  for (const finding of findings) lines.push(`${placeOf(workspace, finding)}: ${finding.what}`);
  if (findingsTotal > findings.length) lines.push(`… and ${findingsTotal - findings.length} more.`);
  lines.push(
    findingsTotal === 0 ? "Nothing is wrong." : `${findingsTotal} findings.`,
    "",
    "This cannot see:",
  );
  return [...lines, ...result.cannotSee.map((sentence) => `- ${sentence}`)].join("\n");
}

function placeOf(workspace: string, { pos, stream, version }: Finding): string {
  const at = stream && (version === undefined ? stream : `${stream}@${version}`);
  return [workspace, pos === undefined ? null : `position ${pos}`, at].filter(Boolean).join(" ");
}

withInstallation(main).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
