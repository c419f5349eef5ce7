"use client";

import { createContext, type ReactNode, useContext } from "react";

const DrawnForContext = createContext<string | null>(null);

/** Says whom what is inside was drawn for. */
export function DrawnFor({ person, children }: { person: string; children: ReactNode }) {
  return <DrawnForContext value={person}>{children}</DrawnForContext>;
}

/**
 * Whom this page was drawn for; null on a page for anybody. It goes along with everything that is asked for on the page:
 * somebody else may have signed in in another tab since, and would act by what this one has read.
 */
export function useDrawnFor(): string | null {
  return useContext(DrawnForContext);
}
