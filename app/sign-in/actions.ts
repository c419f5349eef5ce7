"use server";

import type { Route } from "next";
import { redirect } from "next/navigation";
import { z } from "zod";
import { signInHere, signOutHere } from "#lib/auth/session";
import { fromOwnPage } from "#lib/web/action";
import { ownPath } from "#lib/web/next-path";
import type { SignInState } from "../../components/sign-in-form";

const fields = z.object({
  email: z.string().max(254),
  password: z.string().max(1_000),
  next: z.string().optional(),
});
const wrong = "That e-mail address and password do not belong together.";

/** Signs in and goes on to where the person wanted to go. Whatever is wrong, the answer is the same. */
export async function signIn(_: SignInState, data: FormData): Promise<SignInState> {
  const given = fields.safeParse(Object.fromEntries(data));
  const email = given.data?.email ?? "";
  if (!given.success || !(await fromOwnPage())) return { status: "refused", message: wrong, email };
  const result = await signInHere(email, given.data.password);
  switch (result.kind) {
    case "signedIn":
      return redirect(ownPath(given.data.next) as Route);
    case "refused":
      return { status: "refused", message: wrong, email };
    case "throttled": {
      const minutes = Math.ceil(result.retryAfter_s / 60);
      const message = `Too many attempts. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`;
      return { status: "refused", message, email };
    }
  }
}

/** Ends the session, on the server too, and leads back to the way in, where the browser forgets what was typed. */
export async function signOut(): Promise<void> {
  if (!(await fromOwnPage())) redirect("/sign-in");
  await signOutHere();
  redirect("/sign-in?signed=out");
}
