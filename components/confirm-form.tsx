"use client";

import { LoaderCircle } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Button, type ButtonSize, type ButtonVariant } from "./button";
import type { CommandState } from "./command-form";
import { DisclosureSummary } from "./disclosure";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { RefusalSummary } from "./refusal";

export type ConfirmFormProps = {
  action: (state: CommandState, data: FormData) => Promise<CommandState>;
  hidden: Readonly<Record<string, string | number | undefined>>;
  /** What the button that opens it says, without the dots, and which of several alike is meant. */
  label: string;
  about?: string;
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** What follows when it is done, in plain words. */
  follows: ReactNode;
  /** What the button that does it says. */
  confirm: string;
  confirmVariant?: ButtonVariant;
};

/**
 * One command that says what follows before it is done. Once done it closes, so that what would undo it is not under the
 * same finger; what was done is read out, and is seen where the page shows it.
 */
export function ConfirmForm(props: ConfirmFormProps) {
  const { action, hidden, label, about, variant, size, follows, confirm, confirmVariant } = props;
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (state.status !== "done" || !details.current?.open) return;
    details.current.open = false;
    details.current.querySelector("summary")?.focus();
  }, [state]);
  return (
    <div className="has-[details[open]]:w-full">
      <details ref={details}>
        <DisclosureSummary label={label} about={about} variant={variant} size={size} />
        <form
          action={formAction}
          aria-busy={pending || undefined}
          className="mt-3 grid justify-items-start gap-3 rounded-md border border-line bg-sunken p-3"
        >
          <Unreached lost={lost} />
          {state.status === "refused" && <RefusalSummary refusal={state} />}
          <div className="max-w-[64ch]">{follows}</div>
          <HiddenFields values={hidden} />
          <Button
            type={pending ? "button" : "submit"}
            variant={confirmVariant}
            size="small"
            aria-disabled={pending || undefined}
          >
            {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
            {confirm}
          </Button>
        </form>
      </details>
      <p role="status" className="sr-only">
        {state.status === "done" && state.message}
      </p>
    </div>
  );
}
