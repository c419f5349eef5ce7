import { cookies, headers } from "next/headers";
import NextAuth, { type NextAuthOptions, type Session } from "next-auth";
import { decode, encode, getToken, type JWT } from "next-auth/jwt";
import CredentialsProvider from "next-auth/providers/credentials";
import { cache } from "react";
import type { AuthorizedActor } from "#lib/domain/authority";
import { env } from "../env";
import { logFailure } from "../web/log-failure";
import { authContext } from "./context";
import { endSession, session_s_max, sessionActor } from "./live-session";
import { type SignIn, signIn } from "./sign-in";
import { openThrottle, type Throttle } from "./throttle";

/**
 * The one file that knows next-auth. Its encrypted token holds nothing but the id of a session row; what counts is that
 * row, read again on every request, so that a session ends when it is ended and not when a token runs out.
 *
 * The form signs in through `signInHere` and works without scripts; clients that speak next-auth's own protocol use
 * `authHandler` and come to the same place.
 */

/** Who asks, or null when nobody is signed in (any more). Asked once a request, however many components want to know. */
export const currentActor: () => Promise<AuthorizedActor | null> = cache(async () => {
  const sessionId = await currentSessionId();
  return sessionId === null ? null : sessionActor(authContext(), sessionId);
});

/** Signs in by e-mail and password and gives the browser its cookie. Only where cookies can be set: actions, routes. */
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
  const sessionId = await currentSessionId();
  if (sessionId !== null) await endSession(authContext(), sessionId);
  const { name, options } = sessionCookie();
  (await cookies()).set(name, "", { ...options, maxAge: 0 });
}

/** Answers `/api/auth/*` as next-auth does. */
export async function authHandler(
  request: Request,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  return NextAuth(request as never, context as never, authOptions()) as Promise<Response>;
}

function authOptions(): NextAuthOptions {
  const secret = env("NEXTAUTH_SECRET");
  return {
    secret,
    pages: { signIn: "/sign-in", error: "/sign-in" },
    session: { strategy: "jwt", maxAge: session_s_max },
    useSecureCookies: isSecure(),
    cookies: { sessionToken: sessionCookie() },
    providers: [
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
      jwt: ({ token, user }) => (user ? tokenOf(user.id, (user as { sessionId?: string }).sessionId) : token),
      session: ({ token, session }) => ({ expires: session.expires, user: { id: token.sub } }) as Session,
    },
    events: {
      async signOut({ token }) {
        if (token?.sessionId) await endSession(authContext(), `${token.sessionId}`);
      },
    },
    // A token that has run out is an ordinary thing and no error.
    logger: { error() {}, warn() {}, debug() {} },
  };
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
    secureCookie: isSecure(),
  });
  return typeof token?.sessionId === "string" ? token.sessionId : null;
}

let throttle: Throttle | undefined;

function signInFrom(email: string, password: string, asked: Pick<Headers, "get">): Promise<SignIn> {
  const context = authContext();
  // One for the process: it tidies its table by a timer.
  throttle ??= openThrottle(context.database, context.keys.workspace);
  return signIn(context, throttle, { email, password, address: addressOf(asked) });
}

/** The last hop is the one our own proxy has seen; what stands before it anybody can write. */
function addressOf(asked: Pick<Headers, "get">): string {
  return asked.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown";
}

function tokenOf(person: string, sessionId: string | undefined): JWT {
  return { sub: person, sessionId };
}

function isSecure(): boolean {
  return env("NEXTAUTH_URL")?.startsWith("https:") ?? false;
}

function sessionCookie() {
  const secure = isSecure();
  return {
    name: `${secure ? "__Secure-" : ""}next-auth.session-token`,
    options: { httpOnly: true, sameSite: "lax", secure, path: "/" } as const,
  };
}
