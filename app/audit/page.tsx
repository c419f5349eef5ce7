import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { databaseHealth } from "#lib/queries/health";
import { readersOf } from "#lib/queries/permission";
import { gate } from "#lib/web/gate";
import { PageHeading } from "../../components/page-heading";
import { Panel } from "../../components/panel";
import { VerifyPanel } from "../../components/verify-panel";
import { ConsoleFrame } from "../console-frame";
import { store, viewNow } from "../reading";
import { startVerify } from "./actions";
import { addressOfForm, addressRead } from "./address";
import { AppendOnly } from "./append-only";
import { LogSection } from "./log-section";
import { latestVerification } from "./verification";

export const metadata: Metadata = { title: "Audit" };

/** The log by position, searched and watched, and its verification. */
export default async function AuditPage({ searchParams }: PageProps<"/audit">) {
  const actor = await gate(...readersOf("auditLog"));
  const asked = await searchParams;
  const elsewhere = addressOfForm(asked);
  if (elsewhere) redirect(elsewhere);
  const view = await viewNow();
  const health = await databaseHealth(store().database);
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="Audit"
        description="Everything that was recorded, newest first. The bytes of each event are what its leaf hash covers."
      />
      <div className="grid gap-6">
        <AppendOnly health={health} />
        <Panel title="Verify">
          <VerifyPanel
            start={startVerify}
            statusUrl="/audit/verify"
            view={view}
            latest={latestVerification()}
          />
        </Panel>
        <LogSection actor={actor} address={addressRead(asked)} view={view} />
      </div>
    </ConsoleFrame>
  );
}
