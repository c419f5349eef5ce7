import type { ReactNode } from "react";
import type { AuthorizedActor } from "#lib/domain/authority";
import { mayRead } from "#lib/queries/permission";
import type { Waiting } from "#lib/queries/waiting";
import { AppFrame } from "../components/app-frame";
import { placesWith } from "../components/go-to";
import type { NavigationItem } from "../components/navigation";
import { DatabaseNotice } from "./database-notice";
import { counted, readFrom, viewNow, waiting } from "./reading";
import { mayAsk } from "./requests/may-ask";
import { signOut } from "./sign-in/actions";

/** What surrounds every page of somebody signed in: the places they may go, what waits there, and who they are. */
export async function ConsoleFrame({ actor, children }: { actor: AuthorizedActor; children: ReactNode }) {
  const waits = await waiting(actor);
  const view = await viewNow();
  const navigation = navigationOf(actor, waits);
  return (
    <AppFrame
      navigation={navigation}
      places={placesWith("/", navigation)}
      person={{ name: waits.name, roles: actor.roles }}
      home="/"
      signOut={signOut}
      live={{ person: actor.id, from: readFrom(), view }}
    >
      <DatabaseNotice />
      {children}
      <p className="pt-6 text-xs text-ink-muted">Times are in {view.timeZone}.</p>
    </AppFrame>
  );
}

function navigationOf(actor: AuthorizedActor, { decidable, escalated, asked }: Waiting): NavigationItem[] {
  const places: NavigationItem[] = [];
  if (decidable !== null) places.push({ href: "/queue", label: "Queue", count: counted(decidable) });
  if (escalated !== null)
    places.push({ href: "/escalations", label: "Escalations", count: counted(escalated) });
  if (mayRead(actor, "orders")) places.push({ href: "/orders", label: "Orders" });
  if (asked || mayAsk(actor)) places.push({ href: "/requests", label: "Requests" });
  if (mayRead(actor, "operations")) places.push({ href: "/operations", label: "Operations" });
  if (mayRead(actor, "auditLog")) places.push({ href: "/audit", label: "Audit" });
  if (mayRead(actor, "workflows")) places.push({ href: "/workflows", label: "Workflows" });
  if (mayRead(actor, "people")) places.push({ href: "/people", label: "People" });
  return places;
}
