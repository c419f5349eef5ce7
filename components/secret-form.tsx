"use client";

import { LoaderCircle } from "lucide-react";
import { Button, type ButtonVariant } from "./button";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { type Refusal, RefusalSummary } from "./refusal";
import { type Secret, SecretNote } from "./secret-note";

/** What the action answers. The secret is in this answer and is not kept in plain anywhere. */
export type SecretState =
  | { status: "idle" }
  | { status: "done"; message: string; secret: Secret }
  | ({ status: "refused" } & Refusal);

export type SecretFormProps = {
  action: (state: SecretState, data: FormData) => Promise<SecretState>;
  hidden: Readonly<Record<string, string | number | undefined>>;
  label: string;
  variant?: ButtonVariant;
};

/** One command as one button whose answer is a secret, shown this once. */
export function SecretForm({ action, hidden, label, variant }: SecretFormProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  return (
    <form action={formAction} className="grid justify-items-start gap-3" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {state.status === "refused" && <RefusalSummary refusal={state} />}
      {state.status === "done" && <SecretNote title={state.message} secret={state.secret} />}
      <HiddenFields values={hidden} />
      <Button
        type={pending ? "button" : "submit"}
        variant={variant}
        size="small"
        aria-disabled={pending || undefined}
      >
        {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
        {label}
      </Button>
    </form>
  );
}
