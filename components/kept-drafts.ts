/**
 * What somebody has typed in this tab and not sent, in the tab's own storage. It outlives a reload and a session that ended, and
 * is there for the person who typed it alone. Signing out is counted for all tabs of the browser: what was kept before is gone
 * everywhere, also in a tab that slept meanwhile.
 */
type Drafts = Readonly<Record<string, string>>;
type Kept = { person: string; signOuts: string | null; drafts: Drafts };

const place = "holdpoint-drafts";
const signOutsPlace = "holdpoint-sign-outs";
const drafts_max = 100;
const none: Drafts = {};

const listeners = new Set<() => void>();
let read: { person: string; text: string | null; signOuts: string | null; drafts: Drafts } | undefined;

/** Has `listener` called when somebody signs out in another tab, until what it returns is called. */
export function onSignOutElsewhere(listener: () => void): () => void {
  const heard = ({ key }: StorageEvent) => key === signOutsPlace && listener();
  window.addEventListener("storage", heard);
  return () => window.removeEventListener("storage", heard);
}

/** Has `listener` called whenever drafts may be others, until what it returns is called. */
export function onDrafts(listener: () => void): () => void {
  listeners.add(listener);
  const stop = onSignOutElsewhere(listener);
  return () => {
    listeners.delete(listener);
    stop();
  };
}

/** This person's drafts by what they are about: the same object as long as they are the same. */
export function draftsOf(person: string): Drafts {
  const text = sessionStorage.getItem(place);
  const signOuts = localStorage.getItem(signOutsPlace);
  if (read?.person !== person || read.text !== text || read.signOuts !== signOuts)
    read = { person, text, signOuts, drafts: ownDrafts(text, person, signOuts) };
  return read.drafts;
}

/** Keeps what this person has typed, in the place of what it was; nothing typed is forgotten. */
export function keepDraft(person: string, key: string, text: string): void {
  const { [key]: before, ...others } = draftsOf(person);
  // An answer that comes after somebody else has signed in takes nothing from them.
  if (!text && before === undefined) return;
  const all = Object.entries(text ? { ...others, [key]: text } : others).slice(-drafts_max);
  const kept: Kept = {
    person,
    signOuts: localStorage.getItem(signOutsPlace),
    drafts: Object.fromEntries(all),
  };
  sessionStorage.setItem(place, JSON.stringify(kept));
  for (const listener of [...listeners]) listener();
}

/** Takes away what others have left in this tab, and what was typed before a sign-out. */
export function keepDraftsOnlyOf(person: string): void {
  if (Object.keys(draftsOf(person)).length === 0) sessionStorage.removeItem(place);
}

/** Forgets everybody's drafts, in all tabs: somebody has signed out. */
export function forgetDrafts(): void {
  localStorage.setItem(signOutsPlace, `${Number(localStorage.getItem(signOutsPlace)) + 1}`);
  sessionStorage.removeItem(place);
  for (const listener of [...listeners]) listener();
}

function ownDrafts(text: string | null, person: string, signOuts: string | null): Drafts {
  try {
    const kept: Partial<Kept> = JSON.parse(text ?? "{}");
    return kept.person === person && kept.signOuts === signOuts && kept.drafts ? kept.drafts : none;
  } catch {
    return none;
  }
}
