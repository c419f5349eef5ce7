"use client";

import { type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { Button } from "./button";

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

/** Every key of a page, and the switch that turns single letters off (WCAG 2.1.4). */
export function KeySheet({ keys, on, onSwitch, handle }: KeySheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useImperativeHandle(handle, () => ({ open: () => dialog.current?.showModal() }), []);
  return (
    <dialog
      ref={dialog}
      aria-label="Keys"
      className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-lg border border-edge bg-surface p-0 text-ink backdrop:bg-ink/30"
    >
      <form method="dialog" className="grid gap-3 p-4">
        <h2 className="text-base">Keys</h2>
        <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1.5 text-[0.8125rem]">
          {keys.map(({ keys: pressed, does }) => (
            <div key={does} className="contents">
              <dt className="flex gap-1">
                {pressed.map((key) => (
                  <kbd
                    key={key}
                    className="rounded-sm border border-edge bg-sunken px-1.5 font-sans text-xs leading-5"
                  >
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <label className="flex min-h-8 items-center gap-2 text-[0.8125rem]">
          <input
            type="checkbox"
            checked={on}
            onChange={({ target }) => onSwitch(target.checked)}
            className="size-4 accent-accent"
          />
          Single letters and digits work while the list has the focus
        </label>
        <Button type="submit" className="justify-self-end">
          Close
        </Button>
      </form>
    </dialog>
  );
}

const stored = "holdpoint-single-keys";

/** Whether single letters are on in this browser, and how to switch them. */
export function useSingleKeys(): [on: boolean, set: (on: boolean) => void] {
  const [on, setOn] = useState(true);
  useEffect(() => setOn(localStorage.getItem(stored) !== "off"), []);
  return [
    on,
    (wanted) => {
      localStorage.setItem(stored, wanted ? "on" : "off");
      setOn(wanted);
    },
  ];
}
