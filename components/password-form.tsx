"use client";

import { LoaderCircle } from "lucide-react";
import { Button } from "./button";
import { TextField } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { type Refusal, RefusalSummary } from "./refusal";

/** What the action answers; after success it leads to the sign-in. */
export type PasswordState = { status: "idle" } | ({ status: "refused" } & Refusal);

export type PasswordFormProps = {
  /** Gets `current`, `password` and `again`. */
  action: (state: PasswordState, data: FormData) => Promise<PasswordState>;
  hidden: Readonly<Record<string, string | number | undefined>>;
  characters_min: number;
};

const labels = { current: "Password now", password: "New password", again: "New password again" };

/** Changes one's own password. No password survives a refusal. */
export function PasswordForm({ action, hidden, characters_min }: PasswordFormProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const refused = state.status === "refused" ? state : undefined;
  const errors = refused?.fieldErrors ?? {};
  return (
    <form action={formAction} className="grid max-w-sm gap-4" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} labels={labels} />}
      <HiddenFields values={hidden} />
      <TextField
        name="current"
        type="password"
        label={labels.current}
        required
        autoComplete="current-password"
        error={errors.current}
      />
      <TextField
        name="password"
        type="password"
        label={labels.password}
        hint={`At least ${characters_min} characters.`}
        required
        autoComplete="new-password"
        error={errors.password}
      />
      <TextField
        name="again"
        type="password"
        label={labels.again}
        required
        autoComplete="new-password"
        error={errors.again}
      />
      <div>
        <Button type={pending ? "button" : "submit"} aria-disabled={pending || undefined}>
          {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
          Change password
        </Button>
      </div>
    </form>
  );
}
