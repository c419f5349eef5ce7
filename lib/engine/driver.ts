import pg from "pg";
import type { Runtime } from "./runtime";

/**
 * Drives a workspace from inside the app: the same `tick` as the scheduled route, woken by NOTIFY and, as a net, by a slow
 * poll. Bursts of notifications become one tick; a tick that fails is tried again at the next poll and told to `report`.
 * Nobody is woken twice for what is due once: rows are claimed in the database.
 */
export type Driver = {
  /** Called with the workspace's next position after every commit by anyone. Returns how to stop listening. */
  subscribe(listener: (nextPos: number) => void): () => void;
  stop(): Promise<void>;
};

const poll_ms = 1_000;
const pause_ms = 100;
const reconnect_ms = 2_000;

export function startDriver(
  runtime: Runtime,
  databaseUrl: string,
  report: (problem: string) => void,
): Driver {
  const listeners = new Set<(nextPos: number) => void>();
  let stopped = false;
  let wake = () => {};
  let client: pg.Client | null = null;

  const listen = async () => {
    if (stopped) return;
    const listening = new pg.Client({ connectionString: databaseUrl });
    // A cut connection is told once, by "end"; an unhandled "error" would take the process down.
    listening.on("error", () => {});
    listening.on("end", () => {
      if (!stopped) setTimeout(listen, reconnect_ms).unref();
    });
    listening.on("notification", ({ payload }) => {
      const [workspace, nextPos] = (payload ?? "").split(" ");
      if (workspace !== runtime.engine.workspace) return;
      for (const listener of listeners) listener(Number(nextPos));
      wake();
    });
    try {
      await listening.connect();
      await listening.query("LISTEN holdpoint");
      client = listening;
    } catch (error) {
      report(
        `listening for changes failed, polling goes on: ${error instanceof Error ? error.message : error}`,
      );
    }
  };

  const loop = async () => {
    while (!stopped) {
      let more = false;
      try {
        more = (await runtime.tick()).more;
      } catch (error) {
        report(`the scheduler failed and tries again: ${error instanceof Error ? error.message : error}`);
      }
      await new Promise<void>((resolve) => setTimeout(resolve, pause_ms).unref());
      if (more || stopped) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, poll_ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };

  void listen();
  const looping = loop();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopped = true;
      wake();
      await client?.end().catch(() => {});
      await looping;
      await runtime.stop();
    },
  };
}
