import type { Route } from "next";
import { ButtonLink } from "./button";

export type ForbiddenNoticeProps = {
  /** The roles of which one would do: `["auditor", "admin"]`; none when that is not known. */
  missing: readonly string[];
  /** The roles this person has. */
  roles: readonly string[];
  /** What was wanted: "read the audit log". */
  wanted: string;
  /** Who can give the role, if that is known. */
  whoCanHelp?: string;
  home: Route;
};

const either = new Intl.ListFormat("en-GB", { type: "disjunction" });
const all = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** In place of a page that this person may not see: which role is missing, and who can give it. */
export function ForbiddenNotice({ missing, roles, wanted, whoCanHelp, home }: ForbiddenNoticeProps) {
  return (
    <div className="mx-auto grid max-w-xl gap-3 py-16">
      <p className="text-xs font-medium text-ink-muted">403</p>
      <h1 className="text-xl">
        {missing.length > 0
          ? `You need the role ${either.format(missing)} to ${wanted}`
          : `You may not ${wanted}`}
      </h1>
      <p className="text-ink-muted">
        {roles.length === 0 ? "You have no role here yet." : `You are signed in as ${all.format(roles)}.`}{" "}
        {whoCanHelp ?? "An admin can give you the role."}
      </p>
      <div>
        <ButtonLink href={home}>Back to my work</ButtonLink>
      </div>
    </div>
  );
}
