"use client";

import { useDrawnFor } from "./drawn-for";

export type HiddenFieldsProps = { values: Readonly<Record<string, string | number | undefined>> };

/** What a form sends beside what is typed, and whom its page was drawn for. Undefined ones are not sent. */
export function HiddenFields({ values }: HiddenFieldsProps) {
  const sent = { ...values, drawnFor: useDrawnFor() ?? undefined };
  return Object.entries(sent).map(
    ([name, value]) => value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
  );
}
