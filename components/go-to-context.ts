"use client";

import { createContext, useContext } from "react";
import type { Place } from "./go-to";

/** What the frame offers to all that is inside it. */
export type GoTo = {
  /** The pages of whoever is signed in. */
  places: readonly Place[];
  /** The keys that open the palette, as this machine calls them. */
  paletteKeys: readonly string[];
  openPalette(): void;
  /** A page that has a sheet of keys says how to open it, and gets a way to take that back. */
  onKeySheet(open: () => void): () => void;
};

const nowhere: GoTo = { places: [], paletteKeys: [], openPalette: () => {}, onKeySheet: () => () => {} };

export const GoToContext = createContext<GoTo>(nowhere);

/** What the frame offers; outside of one there is nowhere to go. */
export function useGoTo(): GoTo {
  return useContext(GoToContext);
}
