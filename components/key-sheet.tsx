"use client";

import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { Button } from "./button";
import { useGoTo } from "./go-to-context";

/** A key or keys, and what they do. */
export type KeyHelp = { keys: readonly string[]; does: string };

export type KeySheetHandle = { open(): void };
export type KeySheetProps = {
  keys: readonly KeyHelp[];
  /** Whether single letters work at all. */
  on: boolean;
  onSwitch(on: boolean): void;
  handle: Ref<KeySheetHandle>;
};

/** The sheet of a page that has keys of its own: ? opens it wherever the focus is. */
export function KeySheet({ handle, ...props }: KeySheetProps) {
  const sheet = useRef<KeySheetHandle>(null);
  const { onKeySheet } = useGoTo();
  useImperativeHandle(handle, () => ({ open: () => sheet.current?.open() }), []);
  useEffect(() => onKeySheet(() => sheet.current?.open()), [onKeySheet]);
  return <KeySheetDialog {...props} handle={sheet} />;
}

/** Every key of a page and of the console, and the switch that turns single letters off (WCAG 2.1.4). */
export function KeySheetDialog({ keys, on, onSwitch, handle }: KeySheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { places, paletteKeys } = useGoTo();
  useImperativeHandle(handle, () => ({ open: () => dialog.current?.showModal() }), []);
  return (
    <dialog
      ref={dialog}
      aria-label="Keys"
      className="m-auto max-h-[calc(100dvh-2rem)] w-[min(44rem,calc(100vw-2rem))] rounded-lg border border-edge bg-surface p-0 text-ink shadow-lg backdrop:bg-canvas/75"
    >
      <form method="dialog" className="grid gap-3 p-4">
        <h2 className="text-base">Keys</h2>
        <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
          {keys.length > 0 && <Keys title="On this page" keys={keys} />}
          <Keys
            title="Everywhere"
            keys={[
              { keys: paletteKeys, does: "Find an order, go somewhere" },
              ...places.flatMap(({ label, letter }) =>
                letter ? [{ keys: ["G", letter.toUpperCase()], does: label }] : [],
              ),
              ...(keys.length > 0 ? [] : [{ keys: ["?"], does: "This sheet" }]),
            ]}
          />
        </div>
        <label className="flex min-h-8 items-center gap-2 text-[0.8125rem]">
          <input
            type="checkbox"
            checked={on}
            onChange={({ target }) => onSwitch(target.checked)}
            className="size-4 accent-accent"
          />
          Single letters and digits work: in a list that has the focus, G and ? everywhere
        </label>
        <Button type="submit" className="justify-self-end">
          Close
        </Button>
      </form>
    </dialog>
  );
}

function Keys({ title, keys }: { title: string; keys: readonly KeyHelp[] }) {
  return (
    <section aria-label={title}>
      <h3 className="pb-1.5 text-xs font-medium text-ink-muted">{title}</h3>
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1.5 text-[0.8125rem]">
        {keys.map(({ keys: pressed, does }) => (
          <div key={does} className="contents">
            <dt className="flex gap-1">
              {pressed.map((key) => (
                <KeyCap key={key}>{key}</KeyCap>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** A key as it is drawn. */
export function KeyCap({ children }: { children: string }) {
  return (
    <kbd className="rounded-sm border border-edge bg-sunken px-1.5 font-sans text-xs leading-5">
      {children}
    </kbd>
  );
}
