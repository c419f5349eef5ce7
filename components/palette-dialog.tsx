"use client";

import { Box, CornerDownLeft, LogOut, type LucideIcon, Monitor, Moon, Search, Sun, X } from "lucide-react";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import {
  type KeyboardEvent,
  type MouseEvent,
  startTransition,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Badge } from "./badge";
import { Button } from "./button";
import { classNames } from "./class-names";
import type { Place } from "./go-to";
import { KeyCap } from "./key-sheet";
import { fetchHits, fetchRecent, type OrderHit } from "./palette-client";
import { AnswerError } from "./queue-client";

export type PaletteDialogProps = {
  places: readonly Place[];
  person: string;
  signOut: () => Promise<void>;
  onClosed(): void;
};

/** Something that can be chosen: a way to somewhere, or something to do. */
type Choice = {
  id: string;
  label: string;
  icon: LucideIcon;
  detail?: string;
  standing?: OrderHit["standing"];
  keys?: readonly string[];
} & ({ href: Route } | { does(): void });

type Section = { title: string; choices: readonly Choice[] };

/** Orders and what they are the answer to: a text, or nothing for those looked at lately. */
type Found = { text: string; hits: readonly OrderHit[]; more: boolean; trouble?: string };

const wait_ms = 150;
const text_characters_min = 2;

/** Everything one may open or find, as one types: a combobox in a dialog. */
export function PaletteDialog({ places, person, signOut, onClosed }: PaletteDialogProps) {
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const [text, setText] = useState("");
  const [chosen, choose] = useState<string | null>(null);
  const found = useFound(text, person);
  const sections = useSections({ text, found, places, signOut });
  const choices = sections.flatMap((section) => section.choices);
  const active = choices.find((choice) => choice.id === chosen) ?? choices[0];
  const awaited = useRef<string | null>(null);
  const wanted = wantedOf(text);
  const asking = wanted !== found.text;

  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });

  function run(choice: Choice, elsewhere = false) {
    if ("href" in choice && elsewhere) return void window.open(choice.href, "_blank", "noopener");
    dialog.current?.close();
    if ("href" in choice) router.push(choice.href);
    else choice.does();
  }

  // Enter before the answer was there: it goes to what the whole number names, or shows all there is.
  useEffect(() => {
    if (asking || awaited.current === null) return;
    const meant = awaited.current === wanted;
    awaited.current = null;
    if (!meant) return;
    dialog.current?.close();
    router.push(found.hits.find(({ only }) => only)?.href ?? searchHref(wanted));
  }, [asking, wanted, found, router]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.altKey) return;
    const at = active ? choices.indexOf(active) : -1;
    const to = moves[event.key]?.(at, choices.length);
    if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      return dialog.current?.close();
    }
    if (to !== undefined) {
      event.preventDefault();
      return choose(choices[to]?.id ?? null);
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const named = choices.find(({ id: each }) => !each.startsWith("order-") && each !== "search");
    if (asking && chosen === null && wanted) {
      // A page that is called so need not wait for orders that may be.
      if (named) run(named);
      else awaited.current = wanted;
    } else if (active) run(active, event.ctrlKey || event.metaKey);
  }

  return (
    <dialog
      ref={dialog}
      aria-label="Find an order, go somewhere"
      onClose={onClosed}
      onMouseDown={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
      className="mx-auto mt-[min(8rem,10dvh)] w-[min(40rem,calc(100vw-1.5rem))] rounded-lg border border-edge bg-surface p-0 text-ink shadow-lg backdrop:bg-canvas/75"
    >
      <div className="flex items-center gap-2 border-b border-line pr-2 pl-3">
        <Search aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
        <input
          type="text"
          role="combobox"
          aria-label="A number on the paper, or a page"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active && `${id}-${active.id}`}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          placeholder="A number on the paper, or a page"
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            choose(null);
            awaited.current = null;
          }}
          onKeyDown={onKeyDown}
          className="min-h-12 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-ink-muted"
        />
        <Button
          variant="quiet"
          size="small"
          className="px-1.5"
          aria-label="Close"
          title="Close (Esc)"
          onClick={() => dialog.current?.close()}
        >
          <X aria-hidden="true" className="size-4" />
        </Button>
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label="What there is"
        aria-busy={asking || undefined}
        className="h-[min(25rem,62dvh)] overflow-y-auto overscroll-contain p-1.5"
      >
        {sections.map(({ title, choices: offered }) => (
          // biome-ignore lint/a11y/useSemanticElements: a listbox has groups, and a fieldset is none.
          <div key={title} role="group" aria-labelledby={`${id}-${title}`} className="pb-1.5">
            <div id={`${id}-${title}`} className="px-2 py-1 text-xs font-medium text-ink-muted">
              {title}
            </div>
            {offered.map((choice) => (
              <Option
                key={choice.id}
                id={`${id}-${choice.id}`}
                choice={choice}
                active={choice === active}
                onPoint={() => choose(choice.id)}
                onRun={(event) => run(choice, event.ctrlKey || event.metaKey)}
              />
            ))}
          </div>
        ))}
      </div>
      <p className="flex min-h-8 flex-wrap items-center gap-x-3 border-t border-line px-3 py-1 text-xs text-ink-muted">
        <span role="status" className="mr-auto">
          {saidOf(found, wanted, asking)}
        </span>
        <span aria-hidden="true" className="flex items-center gap-1 pointer-coarse:hidden">
          <KeyCap>↑</KeyCap>
          <KeyCap>↓</KeyCap> choose
          <KeyCap>Enter</KeyCap> open
          <KeyCap>Esc</KeyCap> close
        </span>
      </p>
    </dialog>
  );
}

type OptionProps = {
  id: string;
  choice: Choice;
  active: boolean;
  onPoint(): void;
  onRun(event: MouseEvent): void;
};

function Option({ id, choice, active, onPoint, onRun }: OptionProps) {
  const { label, icon: Icon, detail, standing, keys } = choice;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the active option.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys.
    <div
      id={id}
      role="option"
      aria-selected={active}
      onMouseMove={active ? undefined : onPoint}
      onClick={onRun}
      className={classNames(
        "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 pointer-coarse:min-h-11",
        active && "bg-accent-tint outline-2 -outline-offset-2 outline-accent",
      )}
    >
      <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{label}</span>
        {detail && <span className="block truncate text-xs text-ink-muted">{detail}</span>}
      </span>
      {standing && <Badge tone={standing.tone}>{standing.label}</Badge>}
      {keys && (
        <span aria-hidden="true" className="flex gap-0.5 pointer-coarse:hidden">
          {keys.map((key) => (
            <KeyCap key={key}>{key}</KeyCap>
          ))}
        </span>
      )}
    </div>
  );
}

type Move = (at: number, count: number) => number;

const moves: { readonly [key: string]: Move | undefined } = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  PageDown: (at, count) => Math.min(at + 8, count - 1),
  PageUp: (at) => Math.max(at - 8, 0),
};

function wantedOf(text: string): string {
  const typed = text.trim();
  return typed.length < text_characters_min ? "" : typed;
}

function searchHref(text: string): Route {
  return `/search?${new URLSearchParams({ q: text })}` as Route;
}

/** The orders for what is typed, asked for when nothing was typed for a moment; the ones before stay until then. */
function useFound(text: string, person: string): Found {
  const wanted = wantedOf(text);
  const [found, setFound] = useState<Found>({ text: "", hits: [], more: false });
  useEffect(() => {
    const stop = new AbortController();
    const ask = () =>
      (wanted ? fetchHits(wanted, stop.signal) : fetchRecent(person, stop.signal)).then(
        (answer) => setFound({ text: wanted, ...answer }),
        (error) => {
          if (stop.signal.aborted) return;
          const trouble = error instanceof AnswerError ? error.message : "The console could not be reached.";
          setFound({ text: wanted, hits: [], more: false, trouble });
        },
      );
    const timer = setTimeout(ask, wanted ? wait_ms : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted, person]);
  return found;
}

type Offered = Pick<PaletteDialogProps, "places" | "signOut"> & { text: string; found: Found };

function useSections({ text, found, places, signOut }: Offered): Section[] {
  const { setTheme } = useTheme();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ label }: Choice) => words.every((word) => label.toLowerCase().includes(word));
  const wanted = wantedOf(text);
  const theme = (name: string, icon: LucideIcon): Choice => ({
    id: `theme-${name}`,
    label: `Theme: ${name}`,
    icon,
    does: () => setTheme(name),
  });
  const orders = found.hits.map(
    ({ href, title, by, standing }): Choice => ({
      id: `order-${href.slice(href.lastIndexOf("/") + 1)}`,
      label: title,
      icon: Box,
      // That a recent one was looked at stands above them all.
      detail: wanted === "" ? undefined : by,
      standing,
      href,
    }),
  );
  const pages = places.map(
    ({ href, label, letter }): Choice => ({
      id: `page-${href.slice(1) || "start"}`,
      label,
      icon: CornerDownLeft,
      keys: letter ? ["G", letter.toUpperCase()] : undefined,
      href,
    }),
  );
  const actions: Choice[] = [
    theme("light", Sun),
    theme("dark", Moon),
    theme("system", Monitor),
    { id: "sign-out", label: "Sign out", icon: LogOut, does: () => startTransition(() => signOut()) },
  ];
  const everything: Choice = {
    id: "search",
    label: `Search for ${wanted}`,
    icon: Search,
    href: searchHref(wanted),
  };
  // What was found for a text is shown until the next answer; what was looked at lately only where nothing is typed.
  const shown = (found.text === "") === (wanted === "") ? orders : [];
  return [
    { title: wanted === "" ? "Looked at lately" : "Orders", choices: shown },
    { title: "Go to", choices: pages.filter(fits) },
    { title: "Do", choices: actions.filter(fits) },
    { title: "All results", choices: wanted === "" ? [] : [everything] },
  ].filter(({ choices }) => choices.length > 0);
}

function saidOf({ hits, more, trouble }: Found, wanted: string, asking: boolean): string {
  if (wanted === "") return "";
  if (asking) return "Looking…";
  if (trouble) return trouble;
  if (hits.length === 0) return "No order has this number.";
  if (more) return `${hits.length} orders, and there are others`;
  return hits.length === 1 ? "1 order" : `${hits.length} orders`;
}
