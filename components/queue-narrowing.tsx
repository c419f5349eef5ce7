"use client";

import { ListFilter } from "lucide-react";
import type { Route } from "next";
import Form from "next/form";
import Link from "next/link";
import { useRef } from "react";
import { Button, ButtonLink, buttonClass } from "./button";
import { classNames } from "./class-names";
import { SelectField, type SelectOption, TextField } from "./field";
import { type Refusal, RefusalSummary } from "./refusal";
import { SaveView, type SaveViewProps } from "./saved-views";

export type QueueNarrowingProps = {
  /** The view that is narrowed, whether it is, and its address when it is not. */
  view: string;
  narrowed: boolean;
  everything: Route;
  /** How many of the fields make something else of it. */
  chosen: number;
  choices: readonly { name: string; label: string; value: string; options: readonly SelectOption[] }[];
  /** Amounts in the chosen currency, as typed. */
  amounts: readonly { name: string; label: string; value: string }[];
  /** What of the address narrows nothing, and why. */
  refusal?: Refusal;
  /** Set when the cut can be saved, or what it is saved as. */
  save?: SaveViewProps;
  savedAs?: string;
};

/** Chooses what of a view is shown and in which order, which then stands in the address, and saves it under a name. */
export function QueueNarrowing(props: QueueNarrowingProps) {
  const { view, narrowed, everything, chosen, choices, amounts, refusal, save, savedAs } = props;
  const details = useRef<HTMLDetailsElement>(null);
  const errors = refusal?.fieldErrors ?? {};
  return (
    <details
      ref={details}
      open={refusal !== undefined || undefined}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !details.current?.open) return;
        details.current.open = false;
        details.current.querySelector("summary")?.focus();
      }}
    >
      <summary
        title="Narrow or sort this view"
        className={classNames(buttonClass("secondary", "small"), "min-h-8 list-none")}
      >
        <ListFilter aria-hidden="true" className="size-4" />
        Narrow, sort{chosen > 0 && <span className="tabular-nums">({chosen})</span>}
      </summary>
      <div
        tabIndex={-1}
        className="absolute right-0 z-10 mt-1 grid max-h-[calc(100dvh-9rem)] w-[min(20rem,calc(100vw-2rem))] gap-3 overflow-y-auto rounded-lg border border-edge bg-surface p-3 shadow-lg"
      >
        <Form action="/queue" className="grid gap-3">
          {view !== "all" && <input type="hidden" name="view" value={view} />}
          {refusal && <RefusalSummary refusal={refusal} labels={labelsOf([...choices, ...amounts])} />}
          {choices.map(({ name, label, value, options }) => (
            <SelectField
              key={name}
              name={name}
              label={label}
              options={options}
              defaultValue={value}
              error={errors[name]}
              unmarked
            />
          ))}
          <div className="grid grid-cols-2 gap-3">
            {amounts.map(({ name, label, value }) => (
              <TextField
                // What the address says wins over what was typed.
                key={`${name} ${value}`}
                name={name}
                label={label}
                defaultValue={value}
                error={errors[name]}
                inputMode="decimal"
                autoComplete="off"
                maxLength={30}
                className="text-right tabular-nums"
                unmarked
              />
            ))}
          </div>
          <div className="flex gap-2">
            <Button type="submit" variant="primary">
              Show these
            </Button>
            {(narrowed || refusal) && (
              <ButtonLink href={everything} variant="quiet">
                Show all
              </ButtonLink>
            )}
          </div>
        </Form>
        <p role="status" className="text-[0.8125rem] text-ink-muted empty:hidden">
          {savedAs && `Saved as ${savedAs}.`}
        </p>
        {save && (
          <div className="border-t border-line pt-3">
            <SaveView {...save} />
          </div>
        )}
        <p className="border-t border-line pt-2 text-[0.8125rem]">
          <Link
            href={"/saved-views" as Route}
            prefetch={false}
            className="inline-flex min-h-6 items-center underline underline-offset-2"
          >
            Rename or remove saved views
          </Link>
        </p>
      </div>
    </details>
  );
}

function labelsOf(fields: readonly { name: string; label: string }[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, label }) => [name, label]));
}
