"use client";

import { useCallback, useEffect, useState } from "react";

const stored = "holdpoint-drafts";
const drafts_max = 100;

/**
 * What somebody has typed and not sent yet, by what it is about. It outlives a reload and an expired session, in this tab
 * alone.
 */
export function useDrafts(): {
  of(key: string): string;
  set(key: string, text: string): void;
  forget(key: string): void;
} {
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(stored) ?? "{}");
      setDrafts((typed) => ({ ...kept, ...typed }));
    } catch {
      sessionStorage.removeItem(stored);
    }
  }, []);
  const set = useCallback(
    (key: string, text: string) =>
      setDrafts((all) => {
        const { [key]: _, ...others } = all;
        const kept = Object.fromEntries(
          Object.entries(text ? { ...others, [key]: text } : others).slice(-drafts_max),
        );
        sessionStorage.setItem(stored, JSON.stringify(kept));
        return kept;
      }),
    [],
  );
  return { of: (key) => drafts[key] ?? "", set, forget: (key) => set(key, "") };
}
