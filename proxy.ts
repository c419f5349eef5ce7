import { type NextRequest, NextResponse } from "next/server";
import { isServedByTls } from "#lib/env";
import { contentSecurityPolicy } from "#lib/web/content-security-policy";

/**
 * Tells pages the path they were asked for, so that signing in leads back to it, gives the page of 403 its status, which no
 * page can give itself, and says what a page may load and run. It guards nothing: every page, action and route has its own gate.
 */
export function proxy(request: NextRequest): NextResponse {
  const secure = isServedByTls();
  // Made here for each answer, in the place of whatever a client has sent under the same name.
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, { secure });
  const headers = new Headers(request.headers);
  headers.set("x-holdpoint-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const status = request.nextUrl.pathname === "/not-allowed" ? 403 : 200;
  const response = NextResponse.next({ status, request: { headers } });
  response.headers.set("content-security-policy", policy);
  if (secure) response.headers.set("strict-transport-security", "max-age=63072000; includeSubDomains");
  return response;
}

export const config = { matcher: ["/((?!api/|_next/|favicon).*)"] };
