import { type AuthorizedActor, mintActor, type SystemPart } from "#lib/domain/authority";

/** An actor for a part of the engine itself. No request can get one: routes and actions may not import this file. */
export function systemActor(workspace: string, part: SystemPart): AuthorizedActor {
  return mintActor({ workspace, type: "system", id: part, roles: [] });
}
