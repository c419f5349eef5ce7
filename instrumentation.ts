/** Called by Next once for each server process, before its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { liveAndDrive } = await import("#lib/engine/lifetime");
  const { logEngine } = await import("#lib/web/log-engine");
  liveAndDrive(logEngine);
}
