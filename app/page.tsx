import type { Metadata } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { mayRead } from "#lib/queries/permission";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../components/button";
import { EmptyState } from "../components/empty-state";
import type { ViewTime } from "../components/format";
import { PageHeading } from "../components/page-heading";
import { WorkList } from "../components/work-list";
import { ConsoleFrame } from "./console-frame";
import { viewNow, waiting } from "./reading";
import { adminLines } from "./start-lines/admin";
import { auditorLines } from "./start-lines/auditor";
import { escalationLines } from "./start-lines/escalations";
import type { StartLine } from "./start-lines/line";
import { requesterLines } from "./start-lines/requester";
import { reviewerLines } from "./start-lines/reviewer";

export const metadata: Metadata = { title: "Start" };

/** The start: what needs the person who looks now, by all of their roles, and what is good to know. */
export default async function StartPage() {
  const actor = await gate();
  const view = await viewNow();
  const [lines, { name }] = await Promise.all([linesFor(actor, view), waiting(actor)]);
  const needs = lines.filter((line) => line.needs);
  const known = lines.filter((line) => !line.needs);
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title={needs.length > 0 ? "What needs you now" : `Hello, ${name}`}
        actions={<ButtonLink href="/account">Your account</ButtonLink>}
      />
      <div className="grid max-w-3xl gap-6">
        {needs.length > 0 ? (
          <WorkList lines={needs} />
        ) : (
          <EmptyState title="Nothing needs you" reason={whyNothing(actor)} />
        )}
        {known.length > 0 && (
          <section aria-labelledby="known" className="grid gap-2">
            <h2 id="known" className="text-base">
              Good to know
            </h2>
            <WorkList lines={known} />
          </section>
        )}
      </div>
    </ConsoleFrame>
  );
}

/** What each role has to look at, the most pressing first. */
async function linesFor(actor: AuthorizedActor, view: ViewTime): Promise<StartLine[]> {
  const { roles } = actor;
  const parts = await Promise.all([
    roles.includes("reviewer") ? reviewerLines(actor, view) : [],
    // Whoever's navigation counts escalations is told of them here too.
    mayRead(actor, "escalations") ? escalationLines(actor, view) : [],
    roles.includes("requester") ? requesterLines(actor) : [],
    roles.includes("admin") ? adminLines(actor) : [],
    roles.includes("auditor") ? auditorLines(actor, view) : [],
  ]);
  return parts.flat();
}

function whyNothing({ roles }: AuthorizedActor): string {
  return roles.length === 0
    ? "You have no role here yet. An admin can give you one."
    : `What waits for you as ${new Intl.ListFormat("en-GB").format(roles)} comes here.`;
}
