import type { Metadata, Route } from "next";
import { redirect } from "next/navigation";
import { roles } from "#lib/domain/authority";
import { gate } from "#lib/web/gate";
import { ownPath } from "#lib/web/next-path";
import { ForbiddenNotice } from "../../components/forbidden-notice";
import { ConsoleFrame } from "../console-frame";
import { single } from "../reading";

export const metadata: Metadata = { title: "Not allowed" };

/**
 * 403 (`proxy.ts` gives it this status): which role is missing for the page that was asked for, and who can give it. Who has
 * one of the roles by now is led on, so that to ask again is to load this page again.
 */
export default async function NotAllowedPage({ searchParams }: PageProps<"/not-allowed">) {
  const actor = await gate();
  const asked = await searchParams;
  const needed = single(asked.needs)?.split(",") ?? [];
  const missing = roles.filter((role) => needed.includes(role));
  if (missing.some((role) => actor.roles.includes(role))) redirect(ownPath(single(asked.page)) as Route);
  return (
    <ConsoleFrame actor={actor}>
      <ForbiddenNotice missing={missing} roles={actor.roles} wanted="see this page" home="/" />
    </ConsoleFrame>
  );
}
