import { cookies, headers } from "next/headers";
import { NextRequest } from "next/server";
import NextAuth, { type NextAuthOptions, type Session } from "next-auth";
import { decode, encode, getToken, type JWT } from "next-auth/jwt";
import CredentialsProvider from "next-auth/providers/credentials";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { cache } from "react";
import type { AuthorizedActor } from "#lib/domain/authority";
import { env, isServedByTls, opensByPassword } from "../env";
import { log } from "../web/log";
import { logFailure } from "../web/log-failure";
import { authContext } from "./context";
import { type IdentitySignIn, type LinkIdentity, type Presented, signInByIdentity } from "./identity";
import { endSession, session_s_max, sessionActor } from "./live-session";
import { type SignIn, signIn } from "./sign-in";
import { openThrottle, type Throttle } from "./throttle";

/**
 * The one file that knows next-auth. Its encrypted token holds nothing but the id of a session row; what counts is that
 * row, read again on every request, so that a session ends when it is ended and not when a token runs out.
 *
 * The form signs in through `signInHere` and works without scripts; clients that speak next-auth's own protocol use
 * `authHandler` and come to the same place. An account at an OpenID Connect provider begins at `startProviderSignIn` and comes
 * back to `authHandler`, which checks state, PKCE and nonce, and the id token's signature, issuer, audience and age.
 */

/** Who asks, or null when nobody is signed in (any more). Asked once a request, however many components want to know. */
export const currentActor: () => Promise<AuthorizedActor | null> = cache(async () => {
  const sessionId = await currentSessionId();
  return sessionId === null ? null : sessionActor(authContext(), sessionId);
});

/**
 * Signs in by e-mail and password and gives the browser its cookie, in the place of the one before, whose session ends. Only
 * where cookies can be set: actions, routes.
 */
export async function signInHere(email: string, password: string): Promise<SignIn> {
  const signedIn = await signInFrom(email, password, await headers());
  if (signedIn.kind === "signedIn") {
    const token = await encode({
      token: tokenOf(signedIn.person, signedIn.sessionId),
      secret: env("NEXTAUTH_SECRET"),
      maxAge: session_s_max,
    });
    const { name, options } = sessionCookie();
    (await cookies()).set(name, token, { ...options, maxAge: session_s_max });
  }
  return signedIn;
}

/** Ends the session of this browser and takes the cookie away. */
export async function signOutHere(): Promise<void> {
  await endSessionHere();
  const { name, options } = sessionCookie();
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
}

/** Answers `/api/auth/*` as next-auth does. `link` writes down which account elsewhere is whose. */
export function authHandler(link: LinkIdentity) {
  return (request: Request, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> =>
    NextAuth(request as never, context as never, authOptions(link)) as Promise<Response>;
}

/** What the provider is called, or null where none is configured. */
export function providerName(): string | null {
  return env("OIDC_ISSUER") ? env("OIDC_NAME") : null;
}

/**
 * Leads to the provider, and from there, signed in, to the path `next`. Only in a route: it leaves cookies behind by which the
 * answer is known. When the provider cannot be reached it leads back to the sign-in, which says so.
 */
export async function startProviderSignIn(next: string): Promise<Response> {
  const base = env("NEXTAUTH_URL") ?? "http://127.0.0.1:3000";
  const options = authOptions(async () => false);
  const ask = (path: string, body?: URLSearchParams) =>
    NextAuth(
      new NextRequest(new URL(`/api/auth/${path}`, base), body && { method: "POST", body }) as never,
      { params: Promise.resolve({ nextauth: path.split("/") }) } as never,
      options,
    ) as Promise<Response>;
  // next-auth begins nothing without a token of its own that came as a cookie too.
  const given = await ask("csrf");
  const { csrfToken } = (await given.json()) as { csrfToken: string };
  const jar = await cookies();
  for (const cookie of given.headers.getSetCookie()) {
    const [name = "", value = ""] = cookie.split(";", 1)[0]!.split("=");
    jar.set(name, decodeURIComponent(value), {
      httpOnly: true,
      sameSite: "lax",
      secure: isServedByTls(),
      path: "/",
    });
  }
  return ask("signin/oidc", new URLSearchParams({ csrfToken, callbackUrl: new URL(next, base).href }));
}

function authOptions(link: LinkIdentity): NextAuthOptions {
  const secret = env("NEXTAUTH_SECRET");
  return {
    secret,
    pages: { signIn: "/sign-in", error: "/sign-in" },
    session: { strategy: "jwt", maxAge: session_s_max },
    useSecureCookies: isServedByTls(),
    cookies: { sessionToken: sessionCookie() },
    providers: [
      ...openIdProvider(),
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        async authorize(given, request) {
          try {
            const asked = new Headers(request.headers as Record<string, string>);
            const signedIn = await signInFrom(given?.email ?? "", given?.password ?? "", asked);
            return signedIn.kind === "signedIn"
              ? { id: signedIn.person, sessionId: signedIn.sessionId }
              : null;
          } catch (error) {
            logFailure("a sign-in", error);
            return null;
          }
        },
      }),
    ],
    jwt: {
      async decode(given) {
        const token = await decode({ ...given, secret });
        const live = token?.sessionId ? await sessionActor(authContext(), `${token.sessionId}`) : null;
        return live ? token : null;
      },
    },
    callbacks: {
      async signIn({ user, account }) {
        if (account?.provider !== "oidc") return true;
        try {
          const signedIn = await signInByIdentity(authContext(), (user as ProviderUser).presented, link);
          noteSignIn("the provider", signedIn);
          if (signedIn.kind === "refused") return `/sign-in?error=${signedIn.why}`;
          await endSessionHere();
          Object.assign(user, { id: signedIn.person, sessionId: signedIn.sessionId });
          return true;
        } catch (error) {
          // Thrown on, its message would stand in the browser's address.
          logFailure("a sign-in by the provider", error);
          return "/sign-in?error=failed";
        }
      },
      jwt: ({ token, user }) => (user ? tokenOf(user.id, (user as { sessionId?: string }).sessionId) : token),
      session: ({ token, session }) => ({ expires: session.expires, user: { id: token.sub } }) as Session,
    },
    events: {
      async signOut({ token }) {
        if (token?.sessionId) await endSession(authContext(), `${token.sessionId}`);
      },
    },
    logger: {
      // A token that has run out is an ordinary thing and no error.
      error(code, metadata) {
        if (code.includes("OAUTH")) logFailure(`a sign-in by the provider (${code})`, causeOf(metadata));
      },
      warn() {},
      debug() {},
    },
  };
}

type ProviderUser = { id: string; presented: Presented };
type Claims = { iss: string; sub: string; email?: string; email_verified?: boolean | string };

/** OpenID Connect Core 1.0, code flow; a list of one, or of none where nothing is configured. */
function openIdProvider(): OAuthConfig<Claims>[] {
  const issuer = env("OIDC_ISSUER");
  if (!issuer) return [];
  return [
    {
      id: "oidc",
      name: env("OIDC_NAME"),
      type: "oauth",
      wellKnown: `${withoutSlash(issuer)}/.well-known/openid-configuration`,
      issuer,
      clientId: env("OIDC_CLIENT_ID"),
      clientSecret: env("OIDC_CLIENT_SECRET"),
      idToken: true,
      checks: ["pkce", "state", "nonce"],
      authorization: { params: { scope: "openid email" } },
      userinfo: {
        async request({ tokens, client }) {
          const claims = (tokens as { claims(): Claims }).claims();
          // What the provider says of itself is read from below its address, and must be about nobody else (Discovery 1.0 §4.3).
          if (withoutSlash(claims.iss) !== withoutSlash(issuer))
            throw new Error("The provider calls itself by another name than OIDC_ISSUER.");
          // A provider may keep the address to this second question; it is checked to be about the same subject.
          return claims.email ? claims : { ...(await client.userinfo(tokens as never)), ...claims };
        },
      },
      profile: ({ iss, sub, email, email_verified }): ProviderUser => ({
        id: sub,
        presented: {
          issuer: iss,
          subject: sub,
          email,
          emailVerified: env("OIDC_EMAILS") === "trusted" || `${email_verified}` === "true",
        },
      }),
    },
  ];
}

function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, "");
}

/** One line of the process's log: who came in, and that somebody did not. Whoever goes on trying fills no log. */
function noteSignIn(by: string, { kind, ...signedIn }: SignIn | IdentitySignIn): void {
  log()[kind === "throttled" ? "debug" : "info"]({ by, outcome: kind, ...signedIn }, "sign-in");
}

function causeOf(metadata: unknown): unknown {
  return metadata instanceof Error ? metadata : ((metadata as { error?: unknown })?.error ?? metadata);
}

async function currentSessionId(): Promise<string | null> {
  const jar = await cookies();
  const token = await getToken({
    req: {
      cookies: Object.fromEntries(jar.getAll().map(({ name, value }) => [name, value])),
      headers: {},
    } as never,
    secret: env("NEXTAUTH_SECRET"),
    cookieName: sessionCookie().name,
    secureCookie: isServedByTls(),
  });
  return typeof token?.sessionId === "string" ? token.sessionId : null;
}

/** Ends the session of this browser's cookie, before the cookie goes: nobody would hold the session on purpose any more. */
async function endSessionHere(): Promise<void> {
  const sessionId = await currentSessionId();
  if (sessionId !== null) await endSession(authContext(), sessionId);
}

let throttle: Throttle | undefined;

async function signInFrom(email: string, password: string, asked: Pick<Headers, "get">): Promise<SignIn> {
  const context = authContext();
  // One for the process: it tidies its table by a timer.
  throttle ??= openThrottle(context.database, context.keys.workspace);
  const signedIn: SignIn = opensByPassword()
    ? await signIn(context, throttle, { email, password, address: addressOf(asked) })
    : { kind: "refused" };
  noteSignIn("password", signedIn);
  if (signedIn.kind === "signedIn") await endSessionHere();
  return signedIn;
}

/** The last hop is the one our own proxy has seen; what stands before it anybody can write. */
function addressOf(asked: Pick<Headers, "get">): string {
  return asked.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown";
}

function tokenOf(person: string, sessionId: string | undefined): JWT {
  return { sub: person, sessionId };
}

function sessionCookie() {
  const secure = isServedByTls();
  return {
    name: `${secure ? "__Host-" : ""}next-auth.session-token`,
    options: { httpOnly: true, sameSite: "lax", secure, path: "/" } as const,
  };
}
