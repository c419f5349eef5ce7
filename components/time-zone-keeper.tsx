"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { timeZoneCookie } from "./time-zone-cookie";

const kept_s = 365 * 24 * 60 * 60;

/**
 * Keeps this browser's time zone in a cookie. It draws nothing: times are drawn by the server, in the zone of the cookie. The
 * sign-in page has no times, so the zone is known before the first one is shown; somebody who has travelled since sees them
 * change once.
 */
export function TimeZoneKeeper() {
  const router = useRouter();
  useEffect(() => {
    const kept = `${timeZoneCookie}=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)}`;
    if (document.cookie.split("; ").includes(kept)) return;
    const secure = window.location.protocol === "https:" ? "; Secure" : "";
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser we serve.
    document.cookie = `${kept}; Path=/; Max-Age=${kept_s}; SameSite=Lax${secure}`;
    if (document.querySelector("time")) router.refresh();
  }, [router]);
  return null;
}
