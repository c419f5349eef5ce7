import pg from "pg";
import { RowsVersionError } from "./append";
import type { Runtime } from "./runtime";
import type { TickReport } from "./scheduler";

/**
 * Drives a workspace from inside the app: the same `tick` as the scheduled route, woken by NOTIFY and, as a net, by a slow
 * poll. Bursts of notifications become one tick; a tick that fails is tried again at the next poll. What happens is told to `tell`.
 * Nobody is woken twice for what is due once: rows are claimed in the database.
 */
export type Driver = {
  /** Called with the workspace's next position after every commit by anyone. Returns how to stop listening. */
  subscribe(listener: (nextPos: number) => void): () => void;
  /**
   * Says something to every process that drives this workspace, this one too, of which nothing is kept: it may be lost. At
   * most `said_bytes_max`; it must hold nothing of a person, because a server may log it.
   */
  say(text: string): Promise<void>;
  /** Called with what any of them says. Returns how to stop listening. */
  hear(listener: (text: string) => void): () => void;
  stop(): Promise<void>;
};

/**
 * What a process that drives says of itself. `during` may be written down; the message of `error` may not, because it can
 * quote what somebody sent. Ticks that did nothing are not told.
 */
export type Told =
  | { what: "started" }
  | { what: "ticked"; report: TickReport }
  /** Whether effects are sent from here, and why: at the start, and when it changes. */
  | { what: "sending" | "held"; why: string }
  | { what: "trouble"; during: string; error: unknown }
  /** A newer version has taken over, and this process ends. */
  | { what: "superseded"; why: string }
  | { what: "stopped" };
export type Tell = (told: Told) => void;

const noRowsVersion = { superseded: false, message: "the scheduler failed and tries again" };
/** A notification holds less than 8,000 bytes, the workspace's name among them. */
export const said_bytes_max = 7_000;
const channels = { changes: "holdpoint", said: "holdpoint_said" };
const poll_ms = 1_000;
const pause_ms = 100;
const reconnect_ms = 2_000;

export function startDriver(runtime: Runtime, databaseUrl: string, tell: Tell): Driver {
  const listeners = new Set<(nextPos: number) => void>();
  const hearers = new Set<(text: string) => void>();
  let stopped = false;
  let wake = () => {};
  let client: pg.Client | null = null;

  const listen = async () => {
    if (stopped) return;
    const listening = new pg.Client({ connectionString: databaseUrl });
    // A cut connection is told once, by "end"; an unhandled "error" would take the process down.
    listening.on("error", () => {});
    listening.on("end", () => {
      client = null;
      if (!stopped) setTimeout(listen, reconnect_ms).unref();
    });
    listening.on("notification", ({ channel, payload = "" }) => {
      const [workspace, nextPos] = payload.split(" ", 2);
      if (workspace !== runtime.engine.workspace) return;
      if (channel === channels.said) {
        for (const hearer of hearers) hearer(payload.slice(workspace.length + 1));
        return;
      }
      for (const listener of listeners) listener(Number(nextPos));
      wake();
    });
    try {
      await listening.connect();
      await listening.query(`LISTEN ${channels.changes}; LISTEN ${channels.said}`);
      client = listening;
    } catch (error) {
      tell({
        what: "trouble",
        during: `listening for changes failed, polling goes on: ${said(error)}`,
        error,
      });
    }
  };

  const loop = async () => {
    while (!stopped) {
      let more = false;
      try {
        const report = await runtime.tick();
        more = report.more;
        if (didSomething(report)) tell({ what: "ticked", report });
      } catch (error) {
        const { superseded, message } = error instanceof RowsVersionError ? error : noRowsVersion;
        // That a newer version has taken over is told once, and then nothing is tried again.
        if (!superseded) tell({ what: "trouble", during: message, error });
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
    async say(text) {
      if (Buffer.byteLength(text) > said_bytes_max) throw new Error(`more than ${said_bytes_max} bytes`);
      const payload = `${runtime.engine.workspace} ${text}`;
      await client?.query("SELECT pg_notify($1, $2)", [channels.said, payload]);
    },
    hear(listener) {
      hearers.add(listener);
      return () => hearers.delete(listener);
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

/** The message of an error that comes from a connection or a configuration, and so holds nothing of a person. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

/** Whether a tick is worth a line in the log. */
export function didSomething({
  settled,
  escalated,
  lapsed,
  attempted,
  expired,
  probed,
}: TickReport): boolean {
  return settled + escalated + lapsed + attempted + expired + probed > 0;
}
