import type { Engine } from "#lib/engine/execute";
import { engineProcess } from "#lib/engine/process";

/** The engine of this process, for actions. */
export async function engine(): Promise<Pick<Engine, "execute">> {
  return (await engineProcess()).runtime.engine;
}
