import { type AuthorizedActor, mintActor, type Role } from "#lib/domain/authority";
import { systemActor } from "#lib/engine/system-actor";
import type { Random } from "./random";

/** Who is in a simulated workspace, and what they start with. The simulation takes roles away and gives them back. */
export const cast: { readonly [id: string]: readonly Role[] } = {
  ana: ["reviewer"],
  ben: ["reviewer"],
  rita: ["requester"],
  remy: ["requester", "reviewer"],
  sam: ["supervisor"],
  ada: ["auditor"],
  root: ["admin"],
};

/** An API key of rita's. */
export const shop = "shop";

/** The part of the system that brings in the past. */
export const importer = "import";

export function principal(workspace: string, id: string): AuthorizedActor {
  if (id === importer) return systemActor(workspace, "import");
  if (id === shop) return mintActor({ workspace, type: "apiKey", id, person: "rita", roles: cast.rita! });
  return mintActor({
    workspace,
    type: "person",
    id,
    person: id,
    account: `credentials:${id}`,
    session: `session-of-${id}`,
    roles: cast[id] ?? [],
  });
}

/** Usually one of those the work is for; now and then anybody, who may well have no right to it. */
export function somebody(random: Random, fitting: readonly string[]): string {
  return random.chance(0.75) ? random.pick(fitting) : random.pick([...Object.keys(cast), shop]);
}
