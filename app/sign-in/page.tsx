import type { Metadata, Route } from "next";
import { redirect } from "next/navigation";
import { currentActor } from "#lib/auth/session";
import { ownPath } from "#lib/web/next-path";
import { EntryFrame } from "../../components/entry-frame";
import { SignInForm } from "../../components/sign-in-form";
import { signIn } from "./actions";

export const metadata: Metadata = { title: "Sign in" };

/** The way in. Who is signed in already goes on at once. */
export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const given = (await searchParams).next;
  const next = ownPath(Array.isArray(given) ? given[0] : given);
  if (await currentActor()) redirect(next as Route);
  return (
    <EntryFrame title="Sign in">
      <SignInForm action={signIn} next={next} />
    </EntryFrame>
  );
}
