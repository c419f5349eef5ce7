import type { Metadata, Route } from "next";
import Link from "next/link";
import { readersOf } from "#lib/queries/permission";
import { type WorkflowSummary, workflowList } from "#lib/queries/workflows";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../../components/button";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { PageHeading } from "../../components/page-heading";
import { ConsoleFrame } from "../console-frame";
import { inSentence } from "../people/in-sentence";
import { store, viewNow, waiting } from "../reading";
import { PolicyTable } from "./policy-table";

export const metadata: Metadata = { title: "Workflows" };

/** By what rules orders are worked on: every workflow with its version, and what its policy says now. */
export default async function WorkflowsPage() {
  const actor = await gate(...readersOf("workflows"));
  const view = await viewNow();
  const [workflows] = await Promise.all([workflowList(actor, store()), waiting(actor)]);
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Workflows"
        description="The ways orders go, and what lets them pass without a person."
      />
      <div className="grid gap-8">
        {workflows.map((workflow) => (
          <Workflow key={workflow.name} workflow={workflow} view={view} />
        ))}
      </div>
    </ConsoleFrame>
  );
}

function Workflow({
  workflow: { name, title, current, policy },
  view,
}: {
  workflow: WorkflowSummary;
  view: ViewTime;
}) {
  const href = `/workflows/${encodeURIComponent(name)}` as Route;
  return (
    <section aria-labelledby={`workflow-${name}`} className="grid gap-3">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <h2 id={`workflow-${name}`} className="text-base">
            <Link href={href} className="hover:underline">
              {title}
            </Link>
          </h2>
          <p className="text-ink-muted">
            <span className="font-mono text-[0.8125rem]">
              {name}@{current.version}
            </span>
            {current.published && (
              <>
                , published <Moment at={current.published.at} view={view} as="instant" /> by{" "}
                {inSentence(current.published.by)}
              </>
            )}
          </p>
        </div>
        <ButtonLink href={href}>See how it goes</ButtonLink>
      </div>
      <PolicyTable of={title} lines={policy} view={view} />
    </section>
  );
}
