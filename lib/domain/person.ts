import type { Envelope } from "#lib/log/envelope";
import type { Grant, Role } from "./authority";
import type { Command } from "./commands";
import type { EventDraft, RecordedEvent } from "./events";
import { type Facts, grantOf } from "./facts";
import type { Rows } from "./order-rows";
import { isRejection, type Rejection, refuse, reject } from "./rejection";

/**
 * People, their roles and their API keys, event-sourced from the first day: a decision names the event that gave the role.
 * An operator at the command line may do all of it; in the console, an administrator.
 */
export type PersonState = {
  id: string;
  version: number;
  grants: readonly Grant[];
  disabled: boolean;
  /** Name and e-mail, sealed under the person's own subject. */
  personal: { version: number; type: string; envelope: Envelope } | null;
  apiKeys: { readonly [apiKey: string]: { revoked: boolean } };
  /** Accounts elsewhere by which this person signs in: at most one of each issuer. */
  identities: readonly { issuer: string; identity: string }[];
};

export function evolvePerson(state: PersonState | null, event: RecordedEvent): PersonState {
  if (event.type === "personAdded")
    return {
      id: event.stream.slice("person/".length),
      version: event.version,
      grants: event.data.roles.map((role) => ({ role, grantedBy: `${event.stream}@${event.version}` })),
      disabled: false,
      personal: event.data.personal?.[0]
        ? { version: event.version, type: event.type, envelope: event.data.personal[0] }
        : null,
      apiKeys: {},
      identities: [],
    };
  if (!state) throw new Error(`${event.stream} does not begin with personAdded but with ${event.type}`);
  const next = { ...state, version: event.version };
  switch (event.type) {
    case "roleGranted":
      next.grants = [
        ...state.grants,
        { role: event.data.role, grantedBy: `${event.stream}@${event.version}` },
      ];
      return next;
    case "roleRevoked":
      next.grants = state.grants.filter(({ role }) => role !== event.data.role);
      return next;
    case "personDisabled":
      return { ...next, disabled: true };
    case "personEnabled":
      return { ...next, disabled: false };
    case "passwordChanged":
    case "sessionsEnded":
      return next;
    case "identityLinked":
      next.identities = [...state.identities, { issuer: event.data.issuer, identity: event.data.identity }];
      return next;
    case "identityUnlinked":
      next.identities = state.identities.filter(({ identity }) => identity !== event.data.identity);
      return next;
    case "apiKeyCreated":
      next.apiKeys = { ...state.apiKeys, [event.data.apiKey]: { revoked: false } };
      return next;
    case "apiKeyRevoked":
      next.apiKeys = { ...state.apiKeys, [event.data.apiKey]: { revoked: true } };
      return next;
    default:
      throw new Error(`${event.type} does not belong in ${event.stream}`);
  }
}

export type PersonCommand = Extract<Command, { type: `person.${string}` | `apiKey.${string}` }>;

export function decidePerson(
  state: PersonState | null,
  facts: Facts,
  emailIndex: string | undefined,
  command: PersonCommand,
): EventDraft[] | Rejection {
  const refused = mayManage(facts, command);
  if (refused) return refused;
  if (command.type === "person.add") {
    if (state) return reject("invalid", "There is a person with this id already.", { field: "person" });
    return [
      {
        type: "personAdded",
        data: { roles: [...new Set(command.roles)], emailIndex },
        personal: { name: command.name, email: command.email },
      },
    ];
  }
  if (!state) return reject("notFound", "There is no such person.", { field: "person" });
  switch (command.type) {
    case "person.grant":
      return has(state, command.role)
        ? reject("wrongState", `This person has the role ${command.role} already.`, { field: "role" })
        : [{ type: "roleGranted", data: { role: command.role } }];
    case "person.revoke":
      if (!has(state, command.role))
        return reject("wrongState", `This person does not have the role ${command.role}.`, { field: "role" });
      if (command.role === "admin" && isOnlyAdmin(facts, command.person)) return onlyAdmin();
      return [{ type: "roleRevoked", data: { role: command.role } }];
    case "person.disable":
      if (state.disabled) return reject("wrongState", "This person is disabled already.");
      if (isOnlyAdmin(facts, command.person)) return onlyAdmin();
      return [{ type: "personDisabled", data: {} }];
    case "person.enable":
      return state.disabled
        ? [{ type: "personEnabled", data: {} }]
        : reject("wrongState", "This person is not disabled.");
    case "person.changePassword":
      return [{ type: "passwordChanged", data: {} }];
    case "person.endSessions":
      return [{ type: "sessionsEnded", data: { session: command.session, except: command.except } }];
    case "person.linkIdentity": {
      const { issuer, identity } = command;
      return state.identities.some((linked) => linked.issuer === issuer)
        ? reject("wrongState", `This person signs in by another account of ${issuer} already.`)
        : [{ type: "identityLinked", data: { issuer, identity } }];
    }
    case "person.unlinkIdentity": {
      const linked = state.identities.find(({ identity }) => identity === command.identity);
      return linked
        ? [{ type: "identityUnlinked", data: linked }]
        : reject("notFound", "This person does not sign in by that account.", { field: "identity" });
    }
    case "apiKey.create":
      return state.apiKeys[command.apiKey]
        ? reject("invalid", "There is an API key of this id already.", { field: "apiKey" })
        : [{ type: "apiKeyCreated", data: { apiKey: command.apiKey } }];
    case "apiKey.revoke":
      return state.apiKeys[command.apiKey]?.revoked === false
        ? [{ type: "apiKeyRevoked", data: { apiKey: command.apiKey } }]
        : reject("notFound", "There is no live API key of this id.", { field: "apiKey" });
  }
}

/** What everybody may do to their own account. */
const ownAccount = new Set([
  "person.changePassword",
  "person.endSessions",
  "person.linkIdentity",
  "person.unlinkIdentity",
]);

function mayManage(facts: Facts, command: PersonCommand): Rejection | null {
  const { principal } = facts;
  if (principal.kind === "system")
    return principal.part === "operator"
      ? null
      : refuse("role", "This part of the system manages no people.");
  const self = command.person === principal.person && !principal.disabled;
  if (self && ownAccount.has(command.type)) return null;
  // By an account of their own choosing an admin could act in somebody else's name.
  if (command.type === "person.linkIdentity")
    return refuse("role", "Only who signs in by an account elsewhere links it.");
  const grant = grantOf(facts, ["admin"], "manage people");
  return isRejection(grant) ? grant : null;
}

/** Without this person nobody could give anybody a role again: only an operator at the command line goes so far. */
function isOnlyAdmin(facts: Facts, person: string): boolean {
  return facts.principal.kind === "person" && !facts.anotherAdmin(person);
}

function onlyAdmin(): Rejection {
  return reject("notPossible", "This is the only admin who may act. Make somebody else an admin first.");
}

function has(state: PersonState, role: Role): boolean {
  return state.grants.some((grant) => grant.role === role);
}

export function personRows(state: PersonState): Rows {
  const { id, grants, disabled, version } = state;
  const roles = grants.map(({ role }) => role);
  return [
    { table: "person", key: id, row: { person_id: id, roles, disabled, version } },
    ...Object.entries(state.apiKeys).map(([apiKey, { revoked }]) => ({
      table: "api_key" as const,
      key: apiKey,
      row: { api_key_id: apiKey, person_id: id, revoked },
    })),
  ];
}
