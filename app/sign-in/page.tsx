import type { Metadata, Route } from "next";
import { redirect } from "next/navigation";
import { currentActor, providerName } from "#lib/auth/session";
import { opensByPassword } from "#lib/env";
import { ownPath } from "#lib/web/next-path";
import { buttonClass } from "../../components/button";
import { EntryFrame } from "../../components/entry-frame";
import { NothingLeft } from "../../components/left-in-tab";
import { Notice } from "../../components/notice";
import { SignInForm } from "../../components/sign-in-form";
import { single } from "../reading";
import { signIn } from "./actions";

export const metadata: Metadata = { title: "Sign in" };

/** The way in: by the password kept here, or by the provider where one is configured. Who is signed in goes on at once. */
export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const asked = await searchParams;
  const next = ownPath(single(asked.next));
  if (await currentActor()) redirect(next as Route);
  const provider = providerName();
  const byPassword = opensByPassword();
  const error = single(asked.error);
  return (
    <EntryFrame title="Sign in">
      {single(asked.signed) === "out" && <NothingLeft />}
      <div className="grid gap-5">
        {provider && (
          <>
            {error && (
              <Notice kind="error" title={`${provider} did not get you in`}>
                {whyNot[error] ?? whyNot.failed}
              </Notice>
            )}
            {/* Not a Link: it leads off the site, and must not be followed beforehand. */}
            <a
              href={`/sign-in/provider?next=${encodeURIComponent(next)}`}
              className={buttonClass(byPassword ? "secondary" : "primary")}
            >
              Continue with {provider}
            </a>
          </>
        )}
        {provider && byPassword && (
          <p className="flex items-center gap-3 text-xs text-ink-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            or by password
          </p>
        )}
        {byPassword && <SignInForm action={signIn} next={next} />}
        {!provider && !byPassword && (
          <Notice kind="error" title="There is no way in">
            PASSWORD_SIGN_IN is off and no OIDC_ISSUER is set. Whoever runs this console sets one of them.
          </Notice>
        )}
      </div>
    </EntryFrame>
  );
}

const whyNot: { [error: string]: string | undefined; failed: string } = {
  unverified: "It does not say that your e-mail address is verified. Have it verified there, and try again.",
  unknown:
    "Nobody here has your e-mail address, or the account is disabled. Ask an admin to add you with the address you have there.",
  other: "You sign in by another account of it. If that one is gone, an admin can take it off your page.",
  failed: "It could not be asked, or its answer was not in order. Try again; if it stays so, tell an admin.",
};
