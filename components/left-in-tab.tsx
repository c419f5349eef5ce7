"use client";

import { useEffect } from "react";
import { forgetDrafts, keepDraftsOnlyOf, onDrafts, onSignOutElsewhere } from "./kept-drafts";
import { forgetRecentOrders } from "./palette-recent";

/**
 * Keeps of what was typed in this tab only what this person typed who is signed in now, and nothing of what was looked at when
 * somebody signs out in another tab. Draws nothing.
 */
export function OnlyOwnLeft({ person }: { person: string }) {
  useEffect(() => {
    const tidy = () => keepDraftsOnlyOf(person);
    tidy();
    return onDrafts(tidy);
  }, [person]);
  useEffect(() => onSignOutElsewhere(forgetRecentOrders), []);
  return null;
}

/** Forgets what was typed and looked at in this tab: whoever did has signed out. Draws nothing. */
export function NothingLeft() {
  useEffect(() => {
    forgetDrafts();
    forgetRecentOrders();
  }, []);
  return null;
}
