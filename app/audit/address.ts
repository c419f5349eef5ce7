import type { Route } from "next";
import { type FormField, formFields, queryOfForm } from "#lib/queries/audit-form";
import { single } from "../reading";

/** What the address of the audit page says: what is looked for, from which position down, and whether it is watched. */
export type LogAddress = { query: string; upTo?: number; watch?: boolean };

type Asked = { [name: string]: string | string[] | undefined };

/** Reads an address. */
export function addressRead(asked: Asked): LogAddress {
  const upTo = single(asked.upTo);
  return {
    query: single(asked.q)?.trim() ?? "",
    upTo: upTo && /^\d{1,15}$/.test(upTo) ? Number(upTo) : undefined,
    watch: single(asked.tail) === "1",
  };
}

/** Where to go instead, when the address is that of a form that was sent, or of a link that names fields; else null. */
export function addressOfForm(asked: Asked): Route | null {
  const sent = formFields.filter((name) => asked[name] !== undefined);
  if (asked.drawn === undefined && sent.length === 0) return null;
  const fields: { [name in FormField]?: string } = Object.fromEntries(
    sent.map((name) => [name, single(asked[name]) ?? ""]),
  );
  const { query, watch } = addressRead(asked);
  return addressOf({
    // A link that names a day and no zone means UTC: it says the same to everybody who follows it.
    query: queryOfForm({
      query,
      drawn: single(asked.drawn) ?? "",
      zone: single(asked.zone) ?? "UTC",
      fields,
    }),
    watch,
  });
}

/** The address of a page of the log. */
export function addressOf({ query, upTo, watch }: LogAddress): Route {
  const parameters = new URLSearchParams();
  if (query) parameters.set("q", query);
  if (watch) parameters.set("tail", "1");
  if (upTo !== undefined) parameters.set("upTo", `${upTo}`);
  return `/audit${parameters.size > 0 ? `?${parameters}` : ""}` as Route;
}
