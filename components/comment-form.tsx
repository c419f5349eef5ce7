"use client";

import { LoaderCircle } from "lucide-react";
import { Button } from "./button";
import type { CommandState } from "./command-form";
import { TextArea } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { Notice } from "./notice";
import { RefusalSummary } from "./refusal";

export type CommentFormProps = {
  /** Gets the hidden values and `note`. */
  action: (state: CommandState, data: FormData) => Promise<CommandState>;
  hidden: Readonly<Record<string, string>>;
};

/** What somebody has to say, and nothing is decided by it. */
export function CommentForm({ action, hidden }: CommentFormProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const refused = state.status === "refused" ? state : undefined;
  return (
    <form action={formAction} className="grid justify-items-start gap-2" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} labels={{ note: "Comment" }} />}
      {state.status === "done" && <Notice kind="success" title={state.message} announce />}
      <HiddenFields values={hidden} />
      <div className="w-full">
        <TextArea
          name="note"
          label="Comment"
          required
          rows={2}
          error={refused?.fieldErrors?.note}
          defaultValue={refused?.note}
          maxLength={4_000}
        />
      </div>
      <Button type={pending ? "button" : "submit"} aria-disabled={pending || undefined}>
        {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
        Comment
      </Button>
    </form>
  );
}
