import { type NextRequest, NextResponse } from "next/server";

/**
 * Tells pages the path they were asked for, so that signing in leads back to it, and gives the page of 403 its status, which
 * no page can give itself. It guards nothing: every page, action and route has its own gate.
 */
export function proxy(request: NextRequest): NextResponse {
  const headers = new Headers(request.headers);
  headers.set("x-holdpoint-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const status = request.nextUrl.pathname === "/not-allowed" ? 403 : 200;
  return NextResponse.next({ status, request: { headers } });
}

export const config = { matcher: ["/((?!api/|_next/|favicon).*)"] };
