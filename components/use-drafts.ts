"use client";

import { useCallback, useSyncExternalStore } from "react";
import { draftsOf, keepDraft, onDrafts } from "./kept-drafts";

const none: Readonly<Record<string, string>> = {};

/** What this person has typed in this tab and not sent yet, by what it is about: `kept-drafts.ts` says for how long. */
export function useDrafts(person: string): {
  of(key: string): string;
  set(key: string, text: string): void;
  forget(key: string): void;
} {
  const drafts = useSyncExternalStore(
    onDrafts,
    () => draftsOf(person),
    () => none,
  );
  const set = useCallback((key: string, text: string) => keepDraft(person, key, text), [person]);
  return { of: (key) => drafts[key] ?? "", set, forget: (key) => set(key, "") };
}
