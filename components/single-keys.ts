"use client";

import { useSyncExternalStore } from "react";

const stored = "holdpoint-single-keys";
const listeners = new Set<() => void>();

/** Whether single letters are on in this browser (WCAG 2.1.4). */
export function singleKeysOn(): boolean {
  return localStorage.getItem(stored) !== "off";
}

function setSingleKeys(on: boolean): void {
  localStorage.setItem(stored, on ? "on" : "off");
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether single letters are on, and how to switch them: for everything in this tab at once. */
export function useSingleKeys(): [on: boolean, set: (on: boolean) => void] {
  return [useSyncExternalStore(subscribe, singleKeysOn, () => true), setSingleKeys];
}
