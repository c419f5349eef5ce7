import { parseArgs } from "node:util";
import type { CarrierOptions } from "../carrier";
import type { Range } from "./callbacks";
import { carrierModes } from "./lookups";

const usage = `usage: carrier --port N --store FILE --callback-url URL --webhook-secret whsec_...
  [--mode honours-key|probe|neither] [--latency-ms a-b] [--failure-rate 0..1]
  [--callback-delay-ms a-b] [--callback-order before|after] [--callback-repeat n]`;

/** Reads the carrier's arguments. Throws an Error whose message names the wrong one and shows the usage. */
export function readCommandLine(args: string[]): CarrierOptions {
  const text = { type: "string" } as const;
  const { values } = attempt(() =>
    parseArgs({
      args,
      options: {
        port: text,
        store: text,
        "callback-url": text,
        "webhook-secret": text,
        mode: text,
        "latency-ms": text,
        "failure-rate": text,
        "callback-delay-ms": text,
        "callback-order": text,
        "callback-repeat": text,
      },
    }),
  );
  const required = (name: "port" | "store" | "callback-url" | "webhook-secret") =>
    values[name] ?? wrong(`--${name} is missing`);
  const secret = required("webhook-secret");
  if (!/^whsec_[A-Za-z0-9+/]+=*$/.test(secret)) wrong("--webhook-secret is whsec_ and base64");
  const url = required("callback-url");
  if (!URL.canParse(url) || !/^https?:/.test(url)) wrong("--callback-url is an http or https address");
  const mode = carrierModes.find((known) => known === (values.mode ?? "honours-key"));
  if (!mode) wrong(`--mode is ${carrierModes.join(" or ")}`);
  const order = values["callback-order"] ?? "after";
  if (order !== "before" && order !== "after") wrong("--callback-order is before or after");
  return {
    port: number("port", required("port"), 0, 65_535, /^\d+$/),
    store: required("store"),
    mode,
    callback: { url, webhookSecret: secret },
    latency_ms: range("latency-ms", values["latency-ms"]),
    failureRate: number("failure-rate", values["failure-rate"] ?? "0", 0, 1, /^[\d.]+$/),
    callbackDelay_ms: range("callback-delay-ms", values["callback-delay-ms"]),
    callbackOrder: order,
    callbackRepeat: number("callback-repeat", values["callback-repeat"] ?? "1", 1, 100, /^\d+$/),
  };
}

function number(name: string, text: string, least: number, most: number, form: RegExp): number {
  const value = Number(text);
  if (form.test(text) && value >= least && value <= most) return value;
  return wrong(`--${name} is a number from ${least} to ${most}`);
}

function range(name: string, text: string | undefined): Range | undefined {
  if (text === undefined) return undefined;
  const found = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(text);
  const least = Number(found?.[1]);
  const most = Number(found?.[2] ?? found?.[1]);
  if (found && least <= most) return [least, most];
  return wrong(`--${name} is milliseconds, one number or least-most`);
}

function attempt<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(what: string): never {
  throw new Error(`${what}\n${usage}`);
}
