import type { Told } from "#lib/engine/driver";
import { log, loggedError } from "./log";

/** Writes what the engine of this process says of itself to the log. */
export function logEngine(told: Told): void {
  switch (told.what) {
    case "started":
    case "stopped":
      log().info(`engine ${told.what}`);
      return;
    case "ticked":
      log().info(told.report, "tick");
      return;
    case "sending":
      log().info(told.why);
      return;
    case "held":
      log().error(`Nothing is sent outside. ${told.why}`);
      return;
    case "superseded":
      log().error(told.why);
      return;
    case "trouble":
      log().error({ error: loggedError(told.error) }, told.during);
      return;
  }
}
