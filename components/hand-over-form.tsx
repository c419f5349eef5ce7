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

/** Hands a task to one of those who could do it; opens first. */
export function HandOverForm({ action, ...fields }: HandOverFormProps) {
  const answered = useFormAction(action, { status: "idle" });
  return (
    <details className="open:w-full" open={answered[0].status === "refused" ? true : undefined}>
      <summary className={`${buttonClass("secondary", "small")} list-none`}>Hand over…</summary>
      <div className="mt-3 rounded-md border border-line bg-sunken p-3">
        <Fields answered={answered} {...fields} />
      </div>
    </details>
  );
}

/** The same, where something else has opened already. */
export function HandOver({ action, ...fields }: HandOverFormProps) {
  return <Fields answered={useFormAction(action, { status: "idle" })} {...fields} />;
}

type FieldsProps = Omit<HandOverFormProps, "action"> & {
  answered: ReturnType<typeof useFormAction<CommandState>>;
};

function Fields({ answered: [state, formAction, pending, lost], hidden, people }: FieldsProps) {
  const refused = state.status === "refused" ? state : undefined;
  return (
    <form action={formAction} aria-busy={pending || undefined} className="grid justify-items-start gap-3">
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} labels={{ to: "To whom" }} />}
      <HiddenFields values={hidden} />
      <div className="flex flex-wrap items-end gap-2">
        <SelectField
          name="to"
          label="To whom"
          required
          error={refused?.fieldErrors?.to}
          options={people.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Button type={pending ? "button" : "submit"} aria-disabled={pending || undefined}>
          Hand over
        </Button>
      </div>
    </form>
  );
}
