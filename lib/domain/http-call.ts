import { canonicalize, type Json } from "#lib/log/canonical";
import { lintTemplate, type Placeholders, resolveJson, resolveText, strings } from "./template";

/**
 * A call over HTTP as a workflow definition describes it: plain data, part of the definition's hash.
 *
 * The effect is named `http.call.<connection>.<what>`, for example `http.call.billing.invoice`. The connection's address,
 * its secrets and what it can do about doubt belong to the installation and never reach the log, so the definition has a
 * path and no host. What is sent is resolved once, when the effect is intended, and frozen: every attempt sends those bytes.
 */
export type HttpCall = {
  method: (typeof methods)[number];
  /** Begins with `/` and is joined to the connection's address; placeholders are percent-encoded. */
  path: string;
  headers?: { readonly [name: string]: string };
  /** A JSON value sent as it is but for its placeholders; a text that is one placeholder takes the value with its type. */
  body?: Json;
  /** Standard Webhooks over the exact bytes: `hmac` is v1, `ed25519` is v1a. The key is the connection's. */
  signature: (typeof signatures)[number];
  timeout_ms: number;
  answers: HttpAnswers;
  /** How to ask what became of the key, where the connection offers that: a GET, which must change nothing. */
  probe?: HttpProbe;
};

/** Single statuses and ranges of them, both ends included. */
export type Statuses = readonly (number | readonly [from: number, to: number])[];

/** What each status proves. One that is in no class is in doubt. */
export type HttpAnswers = {
  confirmed: Statuses;
  pending?: Statuses;
  rejected?: Statuses;
  retryable?: Statuses;
  inDoubt?: Statuses;
  /** JSON Pointer to the outside's own number in a confirmed or pending answer. Without it our key is the reference. */
  reference?: string;
};

export type HttpProbe = {
  path: string;
  confirmed: Statuses;
  pending?: Statuses;
  absent: Statuses;
  reference?: string;
};

/** What an intent of `http.call` freezes; `problem` instead when it cannot be sent. */
export type FrozenCall = {
  method: HttpCall["method"];
  path: string;
  headers: { [name: string]: string };
  body?: string;
  signature: HttpCall["signature"];
  timeout_ms: number;
  answers: HttpAnswers;
  probe?: HttpProbe;
};

const methods = ["POST", "PUT", "PATCH", "DELETE"] as const;
const signatures = ["none", "hmac", "ed25519"] as const;
const timeout_ms_max = 60_000;
const frozen_bytes_max = 32 * 1024;

const effectName = /^http\.call\.([a-z][a-z0-9-]{0,39})\.[a-z][A-Za-z0-9-]{0,39}$/;

export function isHttpCall(effect: string): boolean {
  return /^http\.call(\.|$)/.test(effect);
}

/** The connection an `http.call` goes through. Throws for a name of another form, which the lint does not let pass. */
export function connectionOf(effect: string): string {
  const connection = effectName.exec(effect)?.[1];
  if (!connection) throw new Error(`${effect} is not of the form http.call.connection.what`);
  return connection;
}

type Frozen = { [member: string]: Json | undefined };

/**
 * Resolves a call. What may hold somebody's data is given apart, decided by the template and not by the value, so that it
 * is encrypted whatever it holds. A request that cannot be made is frozen as {problem}, which names placeholders and no value.
 */
export function freezeCall(call: HttpCall, placeholders: Placeholders): { input: Frozen; personal?: Frozen } {
  const problems: string[] = [];
  const path = (template: string) => {
    const resolved = resolveText(template, placeholders, encodeURIComponent, problems);
    if (dotSegment.test(resolved)) problems.push("a value would lead to another path");
    return resolved;
  };
  const header = ([name, template]: [string, string]) => {
    const value = resolveText(template, placeholders, (text) => text, problems);
    // Line breaks would begin a header of their own; what is not ASCII every server reads in its own way.
    if (!headerValue.test(value))
      problems.push(`the header ${name} would hold a character that headers cannot`);
    return [name.toLowerCase(), value];
  };

  const parts: Frozen = {
    path: path(call.path),
    headers: Object.fromEntries(Object.entries(call.headers ?? {}).map(header)),
    body: call.body === undefined ? undefined : bodyText(call.body, placeholders, problems),
    probe: call.probe && { ...call.probe, path: path(call.probe.path) },
  };
  const { method, signature, timeout_ms, answers } = call;
  const input: Frozen = { method, signature, timeout_ms, answers };
  const personal: Frozen = {};
  for (const [part, value] of Object.entries(parts)) {
    if (value === undefined) continue;
    const holdsPersonal = strings(call[part as keyof HttpCall] as Json).some(placeholders.holdsPersonal);
    (holdsPersonal ? personal : input)[part] = value;
  }
  if (Buffer.byteLength(canonicalize([input, personal])) > frozen_bytes_max) problems.push("it is too large");
  if (problems.length > 0) return { input: { problem: [...new Set(problems)].join("; ") } };
  return Object.keys(personal).length > 0 ? { input, personal } : { input };
}

function bodyText(template: Json, placeholders: Placeholders, problems: string[]): string | undefined {
  const body = resolveJson(template, placeholders, problems);
  if (body !== undefined) return canonicalize(body);
  problems.push("the body is missing");
  return undefined;
}

const dotSegment = /(^|\/)\.{1,2}(\/|\?|$)/;
const headerValue = /^[\x20-\x7e]*$/;

/** What the adapter or HTTP itself decides, and what is a secret of the connection. */
const ourHeaders =
  /^(accept(-encoding)?|authorization|connection|content-(length|type|encoding)|cookie|date|expect|host|idempotency-key|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent|webhook-.*)$/i;

/** What is wrong with an effect step's call, a clause each. `receiptSteps` are the steps a receipt may be taken from. */
export function lintCall(
  effect: string,
  call: HttpCall | undefined,
  receiptSteps: ReadonlySet<string>,
): string[] {
  if (!isHttpCall(effect)) return call ? [`${effect} is no http.call and takes no call`] : [];
  const problems: string[] = [];
  if (!effectName.test(effect)) problems.push(`${effect} is not of the form http.call.connection.what`);
  if (!call) return [...problems, `${effect} does not say what to call`];

  const template = (text: string, where: string, wholeValue = false) =>
    problems.push(...lintTemplate(text, receiptSteps, wholeValue).map((problem) => `${where} ${problem}`));
  const lintPath = (path: string, where: string) => {
    template(path, where);
    const bare = path.replace(/\{\{.*?\}\}/g, "x");
    if (!/^\/(?!\/)/.test(bare))
      problems.push(`${where} does not begin with one slash: the host is the connection's`);
    else if (!/^[\w\-.~!$&'()*+,;=:@/?%]*$/.test(bare) || /%(?![0-9A-F]{2})/i.test(bare))
      problems.push(`${where} holds a character that a path cannot`);
    else if (/(^|\/)(\.|%2e){1,2}(\/|\?|$)/i.test(bare) || /[^?]*\/\//.test(bare.split("?")[0]!))
      problems.push(`${where} has an empty or a dot segment`);
  };

  if (!methods.includes(call.method)) problems.push(`the method is not one of ${methods.join(", ")}`);
  if (!signatures.includes(call.signature))
    problems.push(`the signature is not one of ${signatures.join(", ")}`);
  if (!Number.isInteger(call.timeout_ms) || call.timeout_ms < 1 || call.timeout_ms > timeout_ms_max)
    problems.push(`timeout_ms is not from 1 to ${timeout_ms_max}`);
  lintPath(call.path, "the path");
  for (const [name, value] of Object.entries(call.headers ?? {})) {
    if (!/^[A-Za-z0-9-]{1,60}$/.test(name)) problems.push(`${name} is no name of a header`);
    if (ourHeaders.test(name)) problems.push(`the header ${name} is not the definition's to set`);
    if (!headerValue.test(value)) problems.push(`the header ${name} holds a character that headers cannot`);
    template(value, `the header ${name}`);
  }
  for (const text of strings(call.body ?? null)) template(text, "the body", true);
  if (memberNames(call.body ?? null).some((name) => name.includes("{{")))
    problems.push("the body has a placeholder in the name of a member");

  const { reference, ...answers } = call.answers;
  problems.push(...lintClasses(answers, ["confirmed"], reference, ""));
  if (call.probe) {
    const { path, reference: found, ...classes } = call.probe;
    lintPath(path, "the probe's path");
    problems.push(...lintClasses(classes, ["confirmed", "absent"], found, "the probe: "));
  }
  return problems;
}

function lintClasses(
  classes: { [name: string]: Statuses | undefined },
  needed: readonly string[],
  reference: string | undefined,
  where: string,
): string[] {
  const problems = needed
    .filter((name) => !classes[name]?.length)
    .map((name) => `${where}no status means ${name}`);
  const classOf = new Map<number, string>();
  for (const [name, statuses] of Object.entries(classes))
    for (const [from, to] of (statuses ?? []).map(rangeOf)) {
      if (!Number.isInteger(from) || !Number.isInteger(to) || from < 200 || to > 599 || from > to) {
        problems.push(`${where}${name} holds ${from} to ${to}, which are no statuses from 200 to 599`);
        continue;
      }
      const taken = Array.from({ length: to - from + 1 }, (_, index) => from + index).find((status) =>
        classOf.has(status),
      );
      if (taken) problems.push(`${where}${taken} means both ${classOf.get(taken)} and ${name}`);
      for (let status = from; status <= to; status++) classOf.set(status, name);
    }
  if (reference !== undefined && !/^(\/([^~/]|~[01])*)+$/.test(reference))
    problems.push(`${where}${reference} is no JSON Pointer to a member`);
  return problems;
}

function rangeOf(statuses: Statuses[number]): readonly [number, number] {
  return typeof statuses === "number" ? [statuses, statuses] : statuses;
}

function memberNames(value: Json): string[] {
  if (value === null || typeof value !== "object") return [];
  const within = Object.values(value).flatMap((member) => memberNames((member ?? null) as Json));
  return Array.isArray(value) ? within : [...Object.keys(value), ...within];
}
