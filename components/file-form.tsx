"use client";

import { LoaderCircle } from "lucide-react";
import { useId } from "react";
import { Button } from "./button";
import type { CommandState } from "./command-form";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { Notice } from "./notice";
import { RefusalSummary } from "./refusal";

export type FileFormProps = {
  /** Gets the hidden values and `file`. */
  action: (state: CommandState, data: FormData) => Promise<CommandState>;
  hidden: Readonly<Record<string, string>>;
  /** What may be chosen, as the browser's own dialogue takes it, and in words. */
  accept: string;
  hint: string;
};

/** One file, chosen and sent. */
export function FileForm({ action, hidden, accept, hint }: FileFormProps) {
  const id = useId();
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const error = state.status === "refused" ? state.fieldErrors?.file : undefined;
  return (
    <form action={formAction} className="grid justify-items-start gap-2" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {state.status === "refused" && <RefusalSummary refusal={state} labels={{ file: "File" }} />}
      {state.status === "done" && <Notice kind="success" title={state.message} announce />}
      <HiddenFields values={hidden} />
      <label htmlFor={id} className="text-[0.8125rem] font-medium">
        File
      </label>
      <input
        id={id}
        type="file"
        name="file"
        required
        accept={accept}
        aria-describedby={`${id}-hint`}
        aria-invalid={error ? true : undefined}
        className="w-full rounded-md border border-edge bg-surface p-1 text-[0.8125rem] file:mr-3 file:min-h-7 file:rounded-sm file:border-0 file:bg-sunken file:px-2 file:font-medium file:text-ink"
      />
      <p id={`${id}-hint`} className="text-xs text-ink-muted">
        {hint}
      </p>
      <Button type={pending ? "button" : "submit"} aria-disabled={pending || undefined}>
        {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
        Attach
      </Button>
    </form>
  );
}
