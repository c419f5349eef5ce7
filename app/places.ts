import type { Route } from "next";
import type { Role } from "#lib/domain/authority";

/** Where each role's work is, the most pressing first: somebody with several roles begins at the first that fits. */
const starts: readonly (readonly [Role, Route])[] = [
  ["reviewer", "/queue"],
  ["supervisor", "/escalations"],
  ["requester", "/requests"],
  ["auditor", "/audit"],
  ["admin", "/audit"],
];

/** The first page of somebody with these roles; without any it is the own requests, which everybody may see. */
export function startOf(roles: readonly Role[]): Route {
  return starts.find(([role]) => roles.includes(role))?.[1] ?? "/requests";
}
