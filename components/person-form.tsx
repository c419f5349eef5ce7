"use client";

import { LoaderCircle } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { useId } from "react";
import { Button } from "./button";
import { TextField } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { Notice } from "./notice";
import { type Refusal, RefusalSummary } from "./refusal";
import { type Secret, SecretNote } from "./secret-note";

/** Somebody new as typed; a role is sent as `role.<role>`. */
export type PersonFormValues = { name: string; email: string; id: string; roles: readonly string[] };

/** What the action answers. `values` brings back what was typed. */
export type PersonFormState =
  | { status: "idle" }
  | { status: "added"; message: string; secret?: Secret; page: Route }
  | ({ status: "refused"; values: PersonFormValues } & Refusal);

export type PersonFormProps = {
  action: (state: PersonFormState, data: FormData) => Promise<PersonFormState>;
  hidden: Readonly<Record<string, string | number | undefined>>;
  /** Every role with what it is for. */
  roles: readonly { role: string; means: string }[];
};

const labels = { name: "Name", email: "E-mail", id: "Id", roles: "Roles" };
const nobody: PersonFormValues = { name: "", email: "", id: "", roles: [] };

/** Adds somebody; what was typed survives a refusal, and the first password is shown once. */
export function PersonForm({ action, hidden, roles }: PersonFormProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const rolesError = useId();
  const refused = state.status === "refused" ? state : undefined;
  const values = refused?.values ?? nobody;
  const errors = refused?.fieldErrors ?? {};
  return (
    <form action={formAction} className="grid gap-4" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} labels={labels} />}
      {state.status === "added" && (
        <>
          {state.secret ? (
            <SecretNote title={state.message} secret={state.secret} />
          ) : (
            <Notice kind="success" title={state.message} announce />
          )}
          <Link
            href={state.page}
            className="justify-self-start font-medium text-accent underline underline-offset-2"
          >
            See their page
          </Link>
        </>
      )}
      <HiddenFields values={hidden} />
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField
          name="name"
          label="Name"
          required
          maxLength={200}
          defaultValue={values.name}
          error={errors.name}
          autoComplete="off"
        />
        <TextField
          name="email"
          type="email"
          label="E-mail"
          hint="They sign in by it."
          required
          maxLength={254}
          defaultValue={values.email}
          error={errors.email}
          autoComplete="off"
        />
        <TextField
          name="id"
          label="Id"
          hint="Stands in the log for ever, also when the name is erased. Left empty, one is made."
          maxLength={100}
          defaultValue={values.id}
          error={errors.id}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <fieldset aria-describedby={errors.roles ? rolesError : undefined} className="grid gap-1">
        <legend className="mb-1 text-[0.8125rem] font-medium">Roles</legend>
        {roles.map(({ role, means }) => (
          <label
            // Remounted when a refusal brings back what was ticked: React resets the form after its action.
            key={`${role} ${values.roles.includes(role)}`}
            className="flex min-h-6 items-baseline gap-2 pointer-coarse:min-h-11"
          >
            <input
              type="checkbox"
              name={`role.${role}`}
              defaultChecked={values.roles.includes(role)}
              className="size-4 shrink-0 translate-y-0.5 accent-accent"
            />
            <span>
              <span className="font-medium">{role}</span> <span className="text-ink-muted">{means}</span>
            </span>
          </label>
        ))}
        {errors.roles && (
          <p id={rolesError} className="text-xs font-medium text-bad">
            {errors.roles}
          </p>
        )}
      </fieldset>
      <div>
        <Button type={pending ? "button" : "submit"} variant="primary" aria-disabled={pending || undefined}>
          {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
          Add person
        </Button>
      </div>
    </form>
  );
}
