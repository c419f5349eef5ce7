"use client";

import { unstable_rethrow } from "next/navigation";
import { startTransition, useActionState, useEffect, useRef, useState } from "react";
import { Notice } from "./notice";

type FormAction<State> = (state: State, data: FormData) => Promise<State>;

/**
 * `useActionState` for a form whose server may be away: what was sent then comes back as the fourth value, for `<Unreached>`
 * inside the form, instead of the whole page giving way to an error. On the server, and so without scripts, it is the action itself.
 */
export function useFormAction<State>(
  action: FormAction<State>,
  idle: Awaited<State>,
): [state: Awaited<State>, formAction: (data: FormData) => void, pending: boolean, lost: FormData | null] {
  const [lost, setLost] = useState<FormData | null>(null);
  const reaching: FormAction<State> = async (state, data) => {
    try {
      const next = await action(state, data);
      startTransition(() => setLost(null));
      return next;
    } catch (error) {
      // A redirect is thrown too.
      unstable_rethrow(error);
      // In the action's own transition: drawn at once, it would be emptied with the form when that ends.
      startTransition(() => setLost(data));
      return state;
    }
  };
  const [state, formAction, pending] = useActionState<State, FormData>(
    (typeof window === "undefined" ? action : reaching) as (
      state: Awaited<State>,
      data: FormData,
    ) => Promise<State>,
    idle,
  );
  return [state, formAction, pending, lost];
}

/** Says that the console did not answer, and fills the form around it again with what was sent. Nothing while it does. */
export function Unreached({ lost }: { lost: FormData | null }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const form = place.current?.closest("form");
    if (lost && form) fillAgain(form, lost);
  }, [lost]);
  if (!lost) return null;
  return (
    <div ref={place}>
      <Notice kind="error" title="The console did not answer" announce>
        What you gave is still here. Whether it was done is not known: send it again, and it is done once. If
        it stays like this, load the page again.
      </Notice>
    </div>
  );
}

function fillAgain(form: HTMLFormElement, sent: FormData): void {
  const taken = new Map<string, number>();
  for (const control of form.elements) {
    const known =
      control instanceof HTMLInputElement ||
      control instanceof HTMLTextAreaElement ||
      control instanceof HTMLSelectElement;
    if (!known || !control.name || control.type === "hidden") continue;
    const values = sent.getAll(control.name);
    if (control.type === "checkbox" || control.type === "radio") {
      (control as HTMLInputElement).checked = values.includes(control.value);
      continue;
    }
    const at = taken.get(control.name) ?? 0;
    taken.set(control.name, at + 1);
    const value = values[at];
    if (typeof value === "string" && control.type !== "file") control.value = value;
    if (value instanceof File && value.size > 0 && control instanceof HTMLInputElement) {
      const files = new DataTransfer();
      files.items.add(value);
      control.files = files.files;
    }
  }
}
