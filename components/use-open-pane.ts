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
  useEffect(() => {
    const back = () => {
      ownPlace.current = false;
      setOpen(false);
    };
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  }, []);
  const show = useCallback(() => {
    setOpen(true);
    if (ownPlace.current || !window.matchMedia(narrow).matches) return;
    ownPlace.current = true;
    window.history.pushState(null, "");
  }, []);
  const close = useCallback(() => {
    setOpen(false);
    if (ownPlace.current) window.history.back();
  }, []);
  return { open, show, close };
}
