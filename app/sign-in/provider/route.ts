import { redirect } from "next/navigation";
import { providerName, startProviderSignIn } from "#lib/auth/session";
import { ownPath } from "#lib/web/next-path";

/** Leads to the provider by which people sign in. From another site it leads to the sign-in page: nobody is signed in unasked. */
export async function GET(request: Request): Promise<Response> {
  if (providerName() === null || request.headers.get("sec-fetch-site") === "cross-site") redirect("/sign-in");
  return startProviderSignIn(ownPath(new URL(request.url).searchParams.get("next")));
}
