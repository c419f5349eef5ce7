"use client";

import { Check, Copy } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "./button";
import { Notice } from "./notice";

/** What was made and is shown this once: a password, a key. */
export type Secret = { name: string; text: string; hint: string };

/** Shows a secret this once, to be copied. It is in the page and nowhere else: loading the page again forgets it. */
export function SecretNote({ title, secret: { name, text, hint } }: { title: string; secret: Secret }) {
  const [copied, setCopied] = useState(false);
  const id = useId();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <Notice kind="success" title={title} announce>
      <p id={`${id}-hint`}>{hint}</p>
      <div className="mt-2 flex flex-wrap items-end gap-2">
        <label className="grid min-w-0 flex-1 basis-64 gap-1 text-[0.8125rem] font-medium">
          {name}
          <input
            readOnly
            value={text}
            aria-describedby={`${id}-hint`}
            onFocus={(event) => event.target.select()}
            className="min-h-8.5 w-full rounded-md border border-edge bg-surface px-2.5 py-1 font-mono text-sm font-normal pointer-coarse:min-h-11"
          />
        </label>
        <Button onClick={copy}>
          {copied ? (
            <Check aria-hidden="true" className="size-4" />
          ) : (
            <Copy aria-hidden="true" className="size-4" />
          )}
          <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
        </Button>
      </div>
    </Notice>
  );
}
