import { join } from "node:path";
import type { Supervisor } from "../supervisor";

/**
 * Starts the shipped carrier as a process of its own, without latency, and returns its address. It remembers in a file of
 * the folder and reports to `callbackUrl`, signed.
 */
export async function startCarrierProcess(
  supervisor: Supervisor,
  options: { folder: string; callbackUrl: string; webhookSecret: string },
): Promise<string> {
  const { folder, callbackUrl, webhookSecret } = options;
  const args = [
    ...["--import", "tsx", join("scripts", "carrier.ts")],
    ...["--port", "0", "--store", join(folder, "carrier.json")],
    ...["--callback-url", callbackUrl, "--webhook-secret", webhookSecret],
  ];
  const listening = new Promise<string>((found) => {
    supervisor.serve({ name: "carrier", args }, (line) => {
      const address = /^carrier listening on (http:\S+)$/.exec(line)?.[1];
      if (address) found(address);
      else console.error(`carrier: ${line}`);
    });
  });
  const failed = supervisor.failed.then((sentence): never => {
    throw new Error(sentence);
  });
  return Promise.race([listening, failed]);
}
