import { said, type Tell } from "./driver";
import { startProcess } from "./process";

/**
 * Drives the workspace for as long as this process lives: begins when the server does, is tried again until the database
 * is there, and stops in order when the process is told to end.
 */
const tryAgain_ms = 2_000;
const stopping_ms_max = 8_000;

/** The way whoever runs this process ends it: requests under way are answered, then it stops in order. */
const endProcess = () => process.kill(process.pid, "SIGTERM");

const processWide = globalThis as { holdpointLives?: boolean };

export function liveAndDrive(tell: Tell): void {
  if (processWide.holdpointLives) return;
  processWide.holdpointLives = true;
  let ending = false;

  const begin = async () => {
    while (!ending) {
      try {
        await startProcess(tell, endProcess);
        tell({ what: "started" });
        return;
      } catch (error) {
        tell({ what: "trouble", during: `could not start, trying again: ${said(error)}`, error });
        await new Promise((resolve) => setTimeout(resolve, tryAgain_ms).unref());
      }
    }
  };
  const begun = begin();

  const end = () => {
    if (ending) return;
    ending = true;
    const stopped = begun.then(async () => (await startProcess(tell, endProcess)).stop());
    const bounded = Promise.race([
      stopped
        .then(() => tell({ what: "stopped" }))
        .catch((error) => tell({ what: "trouble", during: "could not stop in order", error })),
      new Promise((resolve) => setTimeout(resolve, stopping_ms_max)),
    ]);
    // The server ends the process as soon as it has answered its last request, whatever else is under way.
    const exit = process.exit.bind(process);
    process.exit = ((code) => void bounded.then(() => exit(code))) as typeof process.exit;
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}
