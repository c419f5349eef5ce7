"use client";

import { useCallback, useEffect, useRef, useState } from "react";

/** Narrower than this there is room for the list or for what was opened, not for both. */
const narrow = "(max-width: 1023.98px)";

/**
 * Whether what lies over a list on a narrow screen is open. It is then a place in the browser's history: the way back that every
 * phone has leads to the list, and not off the page.
 */
export function useOpenPane(): { open: boolean; show(): void; close(): void } {
  const [open, setOpen] = useState(false);
  const ownPlace = useRef(false);
  const wanted = useRef(false);
  const leaving = useRef(false);
  useEffect(() => {
    const back = () => {
      // Closed and opened again before the browser had gone back: it is open, and gets its place again.
      ownPlace.current = leaving.current && wanted.current;
      leaving.current = false;
      if (ownPlace.current) window.history.pushState(null, "");
      else setOpen(false);
    };
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  }, []);
  const show = useCallback(() => {
    wanted.current = true;
    setOpen(true);
    if (ownPlace.current || !window.matchMedia(narrow).matches) return;
    ownPlace.current = true;
    window.history.pushState(null, "");
  }, []);
  const close = useCallback(() => {
    wanted.current = false;
    setOpen(false);
    if (!ownPlace.current || leaving.current) return;
    leaving.current = true;
    window.history.back();
  }, []);
  return { open, show, close };
}
