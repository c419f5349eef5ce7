import { describe, expect, test } from "vitest";
import { mintActor, type Role, roles, UnauthorizedActorError } from "#lib/domain/authority";
import { demandReader, mayRead, NotAllowedToReadError, type Reading, readersOf } from "./permission";

const actor = (...held: Role[]) =>
  mintActor({ workspace: "main", type: "person", id: "ana", person: "ana", roles: held });

describe("who may read what", () => {
  test.each<[Reading, Role[]]>([
    ["queue", ["reviewer", "supervisor"]],
    ["orders", ["reviewer", "supervisor", "auditor", "admin"]],
    ["ownOrders", [...roles]],
    ["escalations", ["supervisor", "admin"]],
    ["operations", ["supervisor", "admin"]],
    ["auditLog", ["auditor", "admin"]],
    ["people", ["supervisor", "auditor", "admin"]],
    ["emailAddresses", ["admin"]],
    ["workflows", ["reviewer", "supervisor", "auditor", "admin"]],
  ])("%s", (reading, allowed) => {
    expect(roles.filter((role) => mayRead(actor(role), reading)).sort()).toEqual(allowed.sort());
  });

  test("what nobody named is read by nobody, also where an object has a member of that name", () => {
    for (const unknown of ["ledger", "constructor", "__proto__"]) {
      expect(readersOf(unknown as Reading)).toEqual([]);
      expect(mayRead(actor(...roles), unknown as Reading)).toBe(false);
    }
  });

  test("an actor without the role is refused, and so is one that was not minted or is of another workspace", () => {
    expect(() => demandReader(actor("reviewer"), "main", "auditLog")).toThrow(NotAllowedToReadError);
    expect(() => demandReader(actor("auditor"), "main", "auditLog")).not.toThrow();
    expect(() => demandReader(actor("auditor"), "other", "auditLog")).toThrow(UnauthorizedActorError);
    expect(() => demandReader({ ...actor("auditor") }, "main", "auditLog")).toThrow(UnauthorizedActorError);
  });
});
