import type { Route } from "next";

/** A page somebody may open. With a letter, G and the letter lead there. */
export type Place = { href: Route; label: string; letter?: string };

const letters: { readonly [href: string]: string } = {
  "/": "h",
  "/queue": "q",
  "/escalations": "e",
  "/orders": "o",
  "/requests": "r",
  "/operations": "t",
  "/audit": "a",
  "/workflows": "w",
  "/people": "p",
  "/search": "s",
};

/** The pages of this person with their letters; those every frame has stand around the person's own. */
export function placesWith(home: Route, own: readonly { href: Route; label: string }[]): readonly Place[] {
  return [
    { href: home, label: "Start" },
    ...own.map(({ href, label }) => ({ href, label })),
    { href: "/search" as Route, label: "Search" },
    { href: "/account" as Route, label: "Your account" },
  ].map((place) => ({ ...place, letter: letters[place.href] }));
}

/** After G a letter counts for so long. */
export const letter_ms = 1_000;

/** A key as it came: what was pressed, when, and whether single keys count where it was pressed. */
export type PressedKey = { key: string; at_ms: number; withOthers: boolean; counts: boolean };

/** What a key means: nothing to us, that a letter is waited for, or the letter, which nobody else may take for a key. */
export type GoToReading = { kind: "none" } | { kind: "begun" } | { kind: "letter"; letter: string };

/** Reads keys one after the other: a G, and the letter after it if that comes soon. */
export function goToReader(): (pressed: PressedKey) => GoToReading {
  let begun_ms: number | null = null;
  return ({ key, at_ms, withOthers, counts }) => {
    const waited = begun_ms !== null && at_ms - begun_ms <= letter_ms;
    begun_ms = null;
    if (!counts || withOthers || key.length !== 1) return { kind: "none" };
    const letter = key.toLowerCase();
    if (waited) return { kind: "letter", letter };
    if (letter !== "g") return { kind: "none" };
    begun_ms = at_ms;
    return { kind: "begun" };
  };
}

/** Whether somebody types there, so that a letter is a letter. */
export function isTypedInto(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)
  );
}
