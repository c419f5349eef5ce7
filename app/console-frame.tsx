import type { ReactNode } from "react";
import type { AuthorizedActor } from "#lib/domain/authority";
import { escalatedCount } from "#lib/queries/escalations";
import { namesOf } from "#lib/queries/people-names";
import { mayRead } from "#lib/queries/permission";
import { queueCount } from "#lib/queries/queue";
import { hasRequests } from "#lib/queries/requests";
import { AppFrame } from "../components/app-frame";
import type { NavigationItem } from "../components/navigation";
import { startOf } from "./places";
import { personOf, store, viewNow } from "./reading";
import { mayAsk } from "./requests/may-ask";
import { signOut } from "./sign-in/actions";

/** What surrounds every page of somebody signed in: the places they may go, what waits there, and who they are. */
export async function ConsoleFrame({ actor, children }: { actor: AuthorizedActor; children: ReactNode }) {
  const [navigation, names] = await Promise.all([placesOf(actor), namesOf(store(), [personOf(actor)])]);
  return (
    <AppFrame
      navigation={navigation}
      person={{ name: names.person(personOf(actor)), roles: actor.roles }}
      home={startOf(actor.roles)}
      signOut={signOut}
    >
      {children}
      <p className="pt-6 text-xs text-ink-muted">Times are in {viewNow().timeZone}.</p>
    </AppFrame>
  );
}

async function placesOf(actor: AuthorizedActor): Promise<NavigationItem[]> {
  const [queued, escalated, requests] = await Promise.all([
    mayRead(actor, "queue") ? queueCount(actor, store()) : null,
    mayRead(actor, "escalations") ? escalatedCount(actor, store()) : null,
    mayAsk(actor) || (mayRead(actor, "ownOrders") && hasRequests(actor, store())),
  ]);
  const places: NavigationItem[] = [];
  if (queued !== null) places.push({ href: "/queue", label: "Queue", count: queued });
  if (escalated !== null) places.push({ href: "/escalations", label: "Escalations", count: escalated });
  if (requests) places.push({ href: "/requests", label: "Requests" });
  if (mayRead(actor, "auditLog")) places.push({ href: "/audit", label: "Audit" });
  return places;
}
