"use client";

import { LoaderCircle } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { Button } from "./button";
import type { CommandState } from "./command-form";
import { fileSizeProblem } from "./file-size";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { Notice } from "./notice";
import { type Refusal, RefusalSummary } from "./refusal";

export type FileFormProps = {
  /** Gets the hidden values and `file`. */
  action: (state: CommandState, data: FormData) => Promise<CommandState>;
  hidden: Readonly<Record<string, string>>;
  /** What may be chosen, as the browser's own dialogue takes it, and in words. */
  accept: string;
  hint: string;
  /** What is larger is told here: of a request that is too large the server reads nothing, and can say nothing about it. */
  bytes_max: number;
};

/** One file, chosen and sent. */
export function FileForm({ action, hidden, accept, hint, bytes_max }: FileFormProps) {
  const id = useId();
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  // What was found here takes the place of the answer it came after, until there is another one.
  const [found, setFound] = useState<{ after: CommandState; refusal?: Refusal }>();
  const foundHere = found?.after === state;
  const refused = foundHere ? found.refusal : state.status === "refused" ? state : undefined;
  const error = refused?.fieldErrors?.file;

  function checkSize(event: FormEvent<HTMLFormElement>) {
    const file = new FormData(event.currentTarget).get("file");
    const problem = file instanceof File ? fileSizeProblem(file.size, bytes_max) : null;
    // A form whose action runs is emptied after it; what is kept from being sent keeps what was chosen.
    if (problem) event.preventDefault();
    const refusal = problem ? { message: problem, fieldErrors: { file: problem } } : undefined;
    if (refusal || foundHere) setFound({ after: state, refusal });
  }

  return (
    <form
      action={formAction}
      onSubmit={checkSize}
      className="grid justify-items-start gap-2"
      aria-busy={pending || undefined}
    >
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} labels={{ file: "File" }} />}
      {!foundHere && state.status === "done" && <Notice kind="success" title={state.message} announce />}
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
        onChange={() => foundHere && setFound({ after: state })}
        aria-describedby={error ? `${id}-error ${id}-hint` : `${id}-hint`}
        aria-invalid={error ? true : undefined}
        className="w-full rounded-md border border-edge bg-surface p-1 text-[0.8125rem] file:mr-3 file:min-h-7 file:rounded-sm file:border-0 file:bg-sunken file:px-2 file:font-medium file:text-ink aria-invalid:border-bad"
      />
      <p id={`${id}-hint`} className="text-xs text-ink-muted">
        {hint}
      </p>
      {error && (
        <p id={`${id}-error`} className="text-xs font-medium text-bad wrap-anywhere">
          {error}
        </p>
      )}
      <Button type={pending ? "button" : "submit"} aria-disabled={pending || undefined}>
        {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
        Attach
      </Button>
    </form>
  );
}
