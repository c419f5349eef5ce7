"use client";

import { LoaderCircle } from "lucide-react";
import { Button } from "./button";
import { TextField } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { RefusalSummary } from "./refusal";

/** What the action answers; after success it redirects. The message is the same whatever was wrong. */
export type SignInState = { status: "idle" } | { status: "refused"; message: string; email: string };

export type SignInFormProps = {
  /** Gets `email`, `password` and `next`. */
  action: (state: SignInState, data: FormData) => Promise<SignInState>;
  /** The path to go to afterwards. */
  next?: string;
};

/** Asks who it is. The e-mail address survives a refusal, the password never does. */
export function SignInForm({ action, next }: SignInFormProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const refused = state.status === "refused" ? state : undefined;
  return (
    <form action={formAction} className="grid gap-4" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} />}
      <HiddenFields values={{ next }} />
      <TextField
        name="email"
        type="email"
        label="E-mail"
        autoComplete="username"
        required
        defaultValue={refused?.email}
        spellCheck={false}
      />
      <TextField name="password" type="password" label="Password" autoComplete="current-password" required />
      <Button type={pending ? "button" : "submit"} variant="primary" aria-disabled={pending || undefined}>
        {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
        Sign in
      </Button>
    </form>
  );
}
