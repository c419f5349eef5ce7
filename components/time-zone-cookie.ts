import { isTimeZone } from "./format";

/** The cookie in which a browser keeps its time zone, so that the server draws every time as it will stay. */
export const timeZoneCookie = "holdpoint-time-zone";

/** The zone of a cookie's value; UTC while the browser has said none, or one that there is not. */
export function timeZoneOf(value: string | undefined): string {
  return value !== undefined && isTimeZone(value) ? value : "UTC";
}
