import type { Metadata } from "next";
import { keptOut } from "#lib/web/gate";
import { ForbiddenNotice } from "../components/forbidden-notice";

export const metadata: Metadata = { title: "Not allowed" };

/** 403: which role is missing, and who can give it. */
export default async function Forbidden() {
  const known = await keptOut();
  return (
    <main className="px-4">
      {known ? (
        <ForbiddenNotice {...known} wanted="see this page" home="/" />
      ) : (
        <h1 className="mx-auto max-w-xl py-16 text-xl">You may not see this page</h1>
      )}
    </main>
  );
}
