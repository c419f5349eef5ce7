import type { Metadata } from "next";
import { keptOut } from "#lib/web/gate";
import { ForbiddenNotice } from "../components/forbidden-notice";

export const metadata: Metadata = { title: "Not allowed" };

/** 403: which role is missing, and who can give it. */
export default async function Forbidden() {
  const { missing, roles } = keptOut() ?? { missing: [], roles: [] };
  return (
    <main className="px-4">
      <ForbiddenNotice missing={missing} roles={roles} wanted="see this page" home="/" />
    </main>
  );
}
