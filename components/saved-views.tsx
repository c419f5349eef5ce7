"use client";

import { LoaderCircle } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { useLayoutEffect, useRef } from "react";
import { Badge } from "./badge";
import { Button } from "./button";
import type { CommandState } from "./command-form";
import { ConfirmForm } from "./confirm-form";
import { DisclosureSummary } from "./disclosure";
import { TextField } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { Notice } from "./notice";
import { SavedMark } from "./queue-views";
import { RefusalSummary } from "./refusal";

type Action = (state: CommandState, data: FormData) => Promise<CommandState>;

const name_characters_max = 60;

export type SaveViewProps = {
  /** Gets the hidden values, `name`, and `shared` when it is for everybody. */
  action: Action;
  /** `id` for the new view, `surface` and `query`. */
  hidden: Readonly<Record<string, string>>;
  /** Whether this person may save it for everybody. */
  mayShare: boolean;
  /** What the name is for. */
  label?: string;
};

/** Saves what is searched for now under a name; the focus then goes to the nearest place around it that takes one. */
export function SaveView({ action, hidden, mayShare, label = "Save this view as" }: SaveViewProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const refused = state.status === "refused" ? state : undefined;
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    const saving = form.current;
    // What is saved has no form any more: who was in it goes on from where it was.
    return () => {
      if (saving?.contains(document.activeElement)) saving.closest<HTMLElement>("[tabindex='-1']")?.focus();
    };
  }, []);
  return (
    <form
      ref={form}
      action={formAction}
      aria-busy={pending || undefined}
      className="grid justify-items-start gap-3"
    >
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} labels={{ name: "Name" }} />}
      {state.status === "done" && <Notice kind="success" title={state.message} announce />}
      <HiddenFields values={hidden} />
      <NameField label={label} error={refused?.fieldErrors?.name} typed={refused?.line} />
      {mayShare && (
        <label className="flex min-h-8 items-center gap-2 text-[0.8125rem]">
          <input type="checkbox" name="shared" value="yes" className="size-4 accent-accent" />
          For everybody who sees this page
        </label>
      )}
      <SubmitButton pending={pending}>Save</SubmitButton>
    </form>
  );
}

/** A saved view where it is renamed and removed. */
export type SavedViewRow = {
  id: string;
  name: string;
  href: Route;
  /** The page it is a view of: "Queue". */
  page: string;
  shared: boolean;
  /** Who saved it. */
  by: string;
};

export type SavedViewsProps = { views: readonly SavedViewRow[]; rename: Action; remove: Action };

/** Saved views, each with what can be done with it. */
export function SavedViews({ views, rename, remove }: SavedViewsProps) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {views.map(({ id, name, href, page, shared, by }) => (
        <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
          <div className="min-w-0 flex-1 basis-60">
            <Link
              href={href}
              className="inline-flex min-h-6 items-center gap-1.5 font-medium hover:underline"
            >
              <SavedMark shared={shared} />
              <span className="wrap-anywhere">{name}</span>
            </Link>
            <p className="flex flex-wrap items-baseline gap-x-2 text-xs text-ink-muted">
              {page}
              {shared ? <Badge>For everybody, saved by {by}</Badge> : <span>Yours alone</span>}
            </p>
          </div>
          <div className="flex flex-wrap gap-2 has-[details[open]]:w-full">
            <RenameView action={rename} id={id} name={name} />
            <ConfirmForm
              action={remove}
              hidden={{ id }}
              label="Remove"
              about={name}
              variant="secondary"
              size="small"
              follows={
                shared
                  ? "It is gone for everybody. The orders in it stay where they are."
                  : "It is gone. The orders in it stay where they are."
              }
              confirm="Remove the view"
              confirmVariant="danger"
            />
          </div>
        </li>
      ))}
    </ul>
  );
}

function RenameView({ action, id, name }: { action: Action; id: string; name: string }) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const refused = state.status === "refused" ? state : undefined;
  return (
    <div className="has-[details[open]]:w-full">
      <details key={name}>
        <DisclosureSummary label="Rename" about={name} variant="secondary" size="small" />
        <form
          action={formAction}
          aria-busy={pending || undefined}
          className="mt-3 grid max-w-md justify-items-start gap-3 rounded-md border border-line bg-sunken p-3"
        >
          <Unreached lost={lost} />
          {refused && <RefusalSummary refusal={refused} labels={{ name: "Name" }} />}
          <HiddenFields values={{ id }} />
          <NameField label="New name" error={refused?.fieldErrors?.name} typed={refused?.line ?? name} />
          <SubmitButton pending={pending}>Rename</SubmitButton>
        </form>
      </details>
      <p role="status" className="sr-only">
        {state.status === "done" && state.message}
      </p>
    </div>
  );
}

function NameField(props: { label: string; error: string | undefined; typed: string | undefined }) {
  const { label, error, typed } = props;
  return (
    <div className="w-full">
      <TextField
        // What was refused stands there again.
        key={typed}
        name="name"
        label={label}
        required
        maxLength={name_characters_max}
        autoComplete="off"
        error={error}
        defaultValue={typed}
      />
    </div>
  );
}

function SubmitButton({ pending, children }: { pending: boolean; children: string }) {
  return (
    <Button type={pending ? "button" : "submit"} size="small" aria-disabled={pending || undefined}>
      {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
      {children}
    </Button>
  );
}
