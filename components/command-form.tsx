"use client";

import { LoaderCircle } from "lucide-react";
import { Button, type ButtonSize, type ButtonVariant, buttonClass } from "./button";
import { TextArea, TextField } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { Notice } from "./notice";
import { type Refusal, RefusalSummary } from "./refusal";

/** What the action answers. `note` and `line` bring back what was typed. */
export type CommandState =
  | { status: "idle" }
  | { status: "done"; message: string }
  | ({ status: "refused"; note?: string; line?: string } & Refusal);

export type CommandFormProps = {
  /** Gets the hidden values, and `note` and the line by its name when they are asked for. */
  action: (state: CommandState, data: FormData) => Promise<CommandState>;
  /** `order`, `task`, `commandId` and the like. */
  hidden: Readonly<Record<string, string | number | undefined>>;
  /** What the button says: "Claim", "Cancel order". */
  label: string;
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Set when the command takes a reason: it is then asked for before the last button. */
  note?: { label: string; required: boolean; hint?: string };
  /** One more line of text, above the note: a number that somebody else gave. */
  line?: { name: string; label: string; hint?: string };
};

/** One command as one button: claim, release, cancel, retry. With a note it opens first and asks for the reason. */
export function CommandForm({ action, hidden, label, variant, size, note, line }: CommandFormProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const refused = state.status === "refused" ? state : undefined;
  const form = (
    <form action={formAction} className="grid justify-items-start gap-3" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {refused && (
        <RefusalSummary
          refusal={refused}
          labels={{ note: note?.label ?? "Note", ...(line && { [line.name]: line.label }) }}
        />
      )}
      {state.status === "done" && <Notice kind="success" title={state.message} announce />}
      <HiddenFields values={hidden} />
      {line && (
        <div className="w-full">
          <TextField
            name={line.name}
            label={line.label}
            hint={line.hint}
            required
            error={refused?.fieldErrors?.[line.name]}
            defaultValue={refused?.line}
            maxLength={200}
            autoComplete="off"
          />
        </div>
      )}
      {note && (
        <div className="w-full">
          <TextArea
            name="note"
            label={note.label}
            hint={note.hint}
            required={note.required}
            error={refused?.fieldErrors?.note}
            defaultValue={refused?.note}
            maxLength={4_000}
          />
        </div>
      )}
      <Button
        type={pending ? "button" : "submit"}
        variant={variant}
        size={size}
        aria-disabled={pending || undefined}
      >
        {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
        {label}
      </Button>
    </form>
  );
  if (!note) return form;
  return (
    <details className="open:w-full" open={refused ? true : undefined}>
      <summary className={`${buttonClass(variant, size)} list-none`}>{label}…</summary>
      <div className="mt-3 rounded-md border border-line bg-sunken p-3">{form}</div>
    </details>
  );
}
