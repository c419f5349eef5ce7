"use client";

import type { MouseEvent, ReactNode } from "react";

const shown_ms = 1_500;

/**
 * Copies what a button inside says in its `data-copy`, and marks the button `data-copied` for a moment. One listener for a
 * page of hundreds of such buttons.
 */
export function CopyOnClick({ children }: { children: ReactNode }) {
  async function copy({ target }: MouseEvent) {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-copy]") : null;
    if (!button?.dataset.copy) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Without the right to it, or without a secure connection: the whole text stands in the line's details.
      return;
    }
    button.dataset.copied = "";
    setTimeout(() => delete button.dataset.copied, shown_ms);
  }
  // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside are what is clicked, by key too.
  // biome-ignore lint/a11y/useKeyWithClickEvents: a button's key press is a click.
  return <div onClick={copy}>{children}</div>;
}
