import type { Engine } from "#lib/engine/execute";
import { engineProcess } from "#lib/engine/process";
import type { Outside } from "#lib/queries/possible";

/** The engine of this process, for actions. */
export async function engine(): Promise<Pick<Engine, "execute">> {
  return (await engineProcess()).runtime.engine;
}

/** What the outside systems of this process offer in doubt, for questions of what may be done. */
export async function outside(): Promise<Outside> {
  const { byName } = (await engineProcess()).runtime.dispatcher.adapters;
  return (effect) => byName.get(effect)?.doubt ?? null;
}
