import type { Metadata, Route } from "next";
import { notFound } from "next/navigation";
import { readersOf } from "#lib/queries/permission";
import { type WorkflowView, workflowView } from "#lib/queries/workflows";
import { gate } from "#lib/web/gate";
import { Badge } from "../../../components/badge";
import type { ViewTime } from "../../../components/format";
import { Moment } from "../../../components/moment";
import { PageHeading } from "../../../components/page-heading";
import { Panel } from "../../../components/panel";
import { Cell, type Column, TableFrame } from "../../../components/table-frame";
import { WorkflowDrawing } from "../../../components/workflow-drawing";
import { ConsoleFrame } from "../../console-frame";
import { counted, store, viewNow, waiting } from "../../reading";
import { PolicyTable } from "../policy-table";

export const metadata: Metadata = { title: "Workflow" };

/** One workflow: drawn with what is where now, what its policy says, and its versions. */
export default async function WorkflowPage({ params }: PageProps<"/workflows/[name]">) {
  const actor = await gate(...readersOf("workflows"));
  const view = await viewNow();
  const [workflow] = await Promise.all([workflowView(actor, store(), (await params).name), waiting(actor)]);
  if (!workflow) notFound();
  const { name, title, current, steps, edges, policy } = workflow;
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        kind="Workflow"
        title={title}
        description={
          <span className="font-mono text-[0.8125rem]">
            {name}@{current.version}
          </span>
        }
      />
      <div className="grid gap-8">
        <Panel title="What is where now">
          <div className="grid gap-4">
            <WorkflowDrawing
              label={`${title}: its steps, with how many orders are at each`}
              steps={steps.map(({ now, ...step }) => ({
                ...step,
                count: now ? counted(now) : undefined,
                href: step.kind === "task" ? ("/orders?status=underReview" as Route) : undefined,
              }))}
              edges={edges}
            />
            <p className="text-xs text-ink-muted">{aboutCounts(workflow)}</p>
          </div>
        </Panel>
        <section aria-labelledby="policy" className="grid gap-2">
          <h2 id="policy" className="text-base">
            Policy in force
          </h2>
          <PolicyTable of={title} lines={policy} view={view} />
        </section>
        <section aria-labelledby="versions" className="grid gap-2">
          <h2 id="versions" className="text-base">
            Versions
          </h2>
          <Versions workflow={workflow} view={view} />
        </section>
      </div>
    </ConsoleFrame>
  );
}

/** What the numbers mean, and which steps have none. */
function aboutCounts({ versions, steps }: WorkflowView): string {
  const of = versions.length > 1 ? "Orders of all versions, at this moment." : "Orders at this moment.";
  const stopped = steps.some(({ now }) => now?.more) ? " A + says that counting stopped there." : "";
  return `${of}${stopped} No order stays at a policy check, and those that have ended are not counted.`;
}

const columns: readonly Column[] = [
  { label: "Version", className: "w-28" },
  { label: "Published" },
  { label: "By", from: "sm" },
  { label: "Hash", from: "md" },
];

function Versions({ workflow: { title, versions }, view }: { workflow: WorkflowView; view: ViewTime }) {
  return (
    <>
      <TableFrame caption={`Versions of ${title}, newest first`} columns={columns}>
        {versions.map(({ version, hash, published, current }) => (
          <tr key={version} className="align-baseline">
            <Cell className="tabular-nums">
              {version} {current && <Badge tone="ok">In use</Badge>}
            </Cell>
            <Cell className="text-ink-muted">
              {published ? <Moment at={published.at} view={view} as="instant" /> : "not yet"}
              {published && <span className="sm:hidden"> by {published.by}</span>}
            </Cell>
            <Cell from="sm" className="text-ink-muted">
              {published?.by}
            </Cell>
            <Cell from="md" className="font-mono text-xs text-ink-muted wrap-anywhere">
              {hash}
            </Cell>
          </tr>
        ))}
      </TableFrame>
      <p className="text-xs text-ink-muted">
        An order keeps the version it came in with. A version with another hash than it was published with
        does not start.
      </p>
    </>
  );
}
