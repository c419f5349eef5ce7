import { z } from "zod";
import { authContext } from "#lib/auth/context";
import { processDriver } from "#lib/engine/process";
import { viewersOf } from "#lib/queries/presence";
import { logFailure } from "#lib/web/log-failure";
import { Presence, type Sighting } from "#lib/web/presence";
import { liveHub } from "./hub";

/** Who looks at what, in this process: told to the others, and to everybody who looks at the same order. */
const forgets_ms = 5_000;
const sighting = z.object({
  viewer: z.string().max(40),
  person: z.string().max(64),
  order: z.string().max(64).nullable(),
});

type Kept = { presence: Presence; heard: boolean };
const processWide = globalThis as { holdpointPresence?: Kept };

/** The presence of this process, which hears the others from when something drives it. */
export async function presence(): Promise<Presence> {
  processWide.holdpointPresence ??= begin();
  const kept = processWide.holdpointPresence;
  const driver = kept.heard ? null : await processDriver();
  if (driver && !kept.heard) {
    kept.heard = true;
    driver.hear((text) => {
      // Of another version of Holdpoint, it may be anything.
      const heard = z.preprocess(parsed, sighting).safeParse(text);
      if (heard.success) kept.presence.see(heard.data);
    });
  }
  return kept.presence;
}

/** Notes it here and says it to the other processes. */
export async function see(seen: Sighting): Promise<Presence> {
  const here = await presence();
  here.see(seen);
  const driver = await processDriver();
  // The others hear it the next time it is said.
  driver?.say(JSON.stringify(seen)).catch((error) => void logFailure("saying who looks at an order", error));
  return here;
}

function begin(): Kept {
  const { clock } = authContext();
  const now_ms = () => Date.parse(clock.now());
  let telling = Promise.resolve();
  const made: Presence = new Presence((order) => {
    // One after the other, so that what was told last is what is so.
    telling = telling
      .then(() => tell(order, made.people(order)))
      .catch((error) => void logFailure("telling who looks at an order", error));
  }, now_ms);
  setInterval(() => made.forget(), forgets_ms).unref();
  return { presence: made, heard: false };
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(`${text}`);
  } catch {
    return null;
  }
}

async function tell(order: string, people: readonly string[]): Promise<void> {
  if (people.length === 0) return;
  const named = await viewersOf(authContext(), people);
  liveHub().tell(new Set(people), "presence", { order, people: named });
}
