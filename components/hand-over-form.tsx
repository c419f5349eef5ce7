"use client";

import { Button, buttonClass } from "./button";
import type { CommandState } from "./command-form";
import { SelectField } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { RefusalSummary } from "./refusal";

export type HandOverFormProps = {
  /** Gets the hidden values and `to`. */
  action: (state: CommandState, data: FormData) => Promise<CommandState>;
  hidden: Readonly<Record<string, string | number | undefined>>;
  /** Who could do it. */
  people: readonly { id: string; name: string }[];
};

/** Hands a task to one of those who could do it. */
export function HandOverForm({ action, hidden, people }: HandOverFormProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const refused = state.status === "refused" ? state : undefined;
  return (
    <details className="open:w-full" open={refused ? true : undefined}>
      <summary className={`${buttonClass("secondary", "small")} list-none`}>Hand over…</summary>
      <form
        action={formAction}
        aria-busy={pending || undefined}
        className="mt-3 grid justify-items-start gap-3 rounded-md border border-line bg-sunken p-3"
      >
        <Unreached lost={lost} />
        {refused && <RefusalSummary refusal={refused} labels={{ to: "To whom" }} />}
        <HiddenFields values={hidden} />
        <SelectField
          name="to"
          label="To whom"
          required
          error={refused?.fieldErrors?.to}
          options={people.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Button type={pending ? "button" : "submit"} size="small" aria-disabled={pending || undefined}>
          Hand over
        </Button>
      </form>
    </details>
  );
}
