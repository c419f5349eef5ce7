"use client";

import { Search, TriangleAlert } from "lucide-react";
import type { Route } from "next";
import Form from "next/form";
import Link from "next/link";
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { Button, ButtonLink } from "./button";
import { classNames } from "./class-names";
import { accept, type QueryBarField, type Suggestion, suggestionsFor } from "./query-bar-words";

/** A word of the query that says nothing, why, and where the query stands as it was probably meant. */
export type QueryBarProblem = { word: string; message: string; instead?: { query: string; href: Route } };

export type QueryBarProps = {
  /** What the field is for: "Search the log". */
  label: string;
  /** The page that shows what is found; the query becomes its parameter `q`, `drawn` the one that the form was drawn with. */
  action: Route;
  query: string;
  query_length_max: number;
  placeholder: string;
  problems: readonly QueryBarProblem[];
  fields: readonly QueryBarField[];
  /** What else is sent. */
  keep: Readonly<Record<string, string>>;
  /** The page without a query. */
  clear: Route;
  /** The same as ordinary fields of the form. */
  children: ReactNode;
};

/**
 * A search in words: `actor:ana type:decisionMade`. What could be typed next is suggested; the form is one of GET and needs no
 * scripts, and what was typed is in the address.
 */
export function QueryBar(props: QueryBarProps) {
  const { label, action, query, problems, fields, keep, clear, children } = props;
  const id = useId();
  return (
    <search aria-label={label}>
      <Form action={action} className="grid gap-3 pb-4">
        {Object.entries(keep).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <input type="hidden" name="drawn" value={query} />
        <div className="grid gap-1">
          <label htmlFor={`${id}-query`} className="text-[0.8125rem] font-medium">
            {label}
          </label>
          <div className="flex gap-2">
            <QueryInput id={id} {...props} />
            <Button type="submit" variant="primary">
              <Search aria-hidden="true" className="size-4" />
              <span className="max-sm:sr-only">Search</span>
              {/* The page has another search, of everything. */}
              <span className="sr-only">here</span>
            </Button>
            {query !== "" && (
              <ButtonLink href={clear} variant="quiet">
                Clear
              </ButtonLink>
            )}
          </div>
          <div id={`${id}-problems`} role="status">
            {problems.map(({ word, message, instead }) => (
              <p key={`${word} ${message}`} className="flex gap-2 pt-1 text-[0.8125rem]">
                <TriangleAlert
                  aria-hidden="true"
                  className="mt-0.5 size-4 shrink-0 text-warn"
                  strokeWidth={2.25}
                />
                <span className="min-w-0 wrap-anywhere">
                  {message}
                  {instead && (
                    <>
                      {" "}
                      <Link
                        href={instead.href}
                        className="inline-block py-0.5 font-medium text-accent underline underline-offset-2"
                      >
                        Search for {instead.query}
                      </Link>
                    </>
                  )}
                </span>
              </p>
            ))}
          </div>
        </div>
        <div className="grid grid-cols-2 items-end gap-3 sm:grid-cols-4 lg:grid-cols-[1.35fr_1.2fr_1.2fr_1.1fr_1fr_1.1fr_1.1fr_0.9fr] lg:gap-2">
          {children}
        </div>
        <details className="text-[0.8125rem]">
          <summary className="inline-flex min-h-6 list-none items-center text-ink-muted underline decoration-dotted underline-offset-3">
            What can be typed
          </summary>
          <dl className="mt-1 grid gap-x-4 gap-y-1 sm:grid-cols-[max-content_1fr]">
            {fields.map(({ name, says }) => (
              <div key={name} className="contents">
                <dt className="font-mono text-xs leading-5 max-sm:mt-1">{name}:</dt>
                <dd className="text-ink-muted">{says}</dd>
              </div>
            ))}
          </dl>
          <p className="mt-2 max-w-[72ch] text-ink-muted">
            A word alone is an order's number. A minus in front leaves out what fits; words of one field are
            alternatives. What has a space or a colon in it goes in quotation marks.
          </p>
        </details>
      </Form>
    </search>
  );
}

function QueryInput({
  id,
  query,
  query_length_max,
  placeholder,
  problems,
  fields,
}: QueryBarProps & { id: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(query);
  const [drawn, setDrawn] = useState(query);
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(-1);
  // What the address says wins over what was typed: a link to another query fills the field anew.
  if (drawn !== query) {
    setDrawn(query);
    setText(query);
  }
  const suggestions = caret === null ? [] : suggestionsFor(fields, text, caret);
  const open = suggestions.length > 0;

  function look(): void {
    setCaret(input.current?.selectionStart ?? null);
    setActive(-1);
  }

  function close(): void {
    setCaret(null);
    setActive(-1);
  }

  function take(suggestion: Suggestion): void {
    const taken = accept(text, caret ?? text.length, suggestion);
    setText(taken.text);
    setActive(-1);
    setCaret(suggestion.whole ? null : taken.caret);
    // The field has the new text only after it was drawn.
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(taken.caret, taken.caret);
    });
  }

  function key(event: KeyboardEvent<HTMLInputElement>): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!open) look();
      else
        setActive(
          (active + step + suggestions.length + (active < 0 && step < 0 ? 1 : 0)) % suggestions.length,
        );
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      take(suggestions[active]!);
    } else if (event.key === "Enter") close();
  }

  return (
    <div className="relative min-w-0 flex-1">
      <input
        ref={input}
        id={`${id}-query`}
        name="q"
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={open ? `${id}-suggestions` : undefined}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-invalid={problems.length > 0 ? true : undefined}
        aria-describedby={`${id}-problems`}
        value={text}
        maxLength={query_length_max}
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          look();
        }}
        onClick={look}
        onKeyDown={key}
        onBlur={close}
        className="min-h-8.5 w-full rounded-md border border-edge bg-surface px-2.5 py-1 font-mono text-base placeholder:font-sans placeholder:text-ink-muted aria-invalid:border-warn pointer-coarse:min-h-11 sm:text-[0.8125rem]"
      />
      {open && (
        <div
          id={`${id}-suggestions`}
          role="listbox"
          aria-label="What could come next"
          className="absolute inset-x-0 top-full z-5 mt-1 max-h-80 overflow-auto rounded-md border border-edge bg-surface py-1 shadow-md"
        >
          {suggestions.map((suggestion, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys.
            <div
              key={suggestion.word}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              ref={(element) => {
                if (index === active) element?.scrollIntoView({ block: "nearest" });
              }}
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(suggestion)}
              className={classNames(
                "flex min-h-7 cursor-pointer flex-wrap items-baseline gap-x-3 px-2.5 py-1 hover:bg-sunken pointer-coarse:min-h-11",
                index === active && "bg-accent-tint hover:bg-accent-tint",
              )}
            >
              <span className="font-mono text-xs leading-5">{suggestion.word}</span>
              <span className="min-w-0 text-xs text-ink-muted">{suggestion.says}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
