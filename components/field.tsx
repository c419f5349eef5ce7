import { type ComponentProps, type ReactNode, useId } from "react";
import { classNames } from "./class-names";

/**
 * What every field has around it; `error` is shown below and announced with the field. `unmarked` leaves out the word
 * "optional", for filters, where everything is.
 */
export type FieldFrame = { label: string; hint?: string; error?: string; unmarked?: boolean };
export type TextFieldProps = FieldFrame & ComponentProps<"input"> & { name: string };
export type TextAreaProps = FieldFrame & ComponentProps<"textarea"> & { name: string };
export type SelectOption = { value: string; label: string };
export type SelectFieldProps = FieldFrame &
  ComponentProps<"select"> & { name: string; options: readonly SelectOption[] };

// 16 px on a phone, or iOS zooms into the field.
const controlClass =
  "w-full min-h-8.5 pointer-coarse:min-h-11 rounded-md border border-edge bg-surface px-2.5 py-1 text-base sm:text-sm " +
  "text-ink placeholder:text-ink-muted aria-invalid:border-bad [&[readonly]]:bg-sunken";

function Frame({
  id,
  label,
  hint,
  error,
  optional,
  children,
}: Omit<FieldFrame, "unmarked"> & { id: string; optional: boolean; children: ReactNode }) {
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-[0.8125rem] font-medium wrap-anywhere">
        {label}
        {optional && <span className="font-normal text-ink-muted"> (optional)</span>}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-ink-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-xs font-medium text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, { hint, error }: Pick<FieldFrame, "hint" | "error">): string | undefined {
  return [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
}

/** A line of text with its label, hint and error. Without `required` it says that it is optional. */
export function TextField({ label, hint, error, unmarked, className, ...input }: TextFieldProps) {
  const id = useId();
  return (
    <Frame
      id={id}
      label={label}
      hint={hint}
      error={error}
      optional={!input.required && !input.readOnly && !unmarked}
    >
      <input
        type="text"
        {...input}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, { hint, error })}
        className={classNames(controlClass, className)}
      />
    </Frame>
  );
}

/** Several lines of text with label, hint and error. */
export function TextArea({ label, hint, error, unmarked, className, rows = 3, ...input }: TextAreaProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error} optional={!input.required && !unmarked}>
      <textarea
        {...input}
        id={id}
        rows={rows}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, { hint, error })}
        className={classNames(controlClass, "resize-y", className)}
      />
    </Frame>
  );
}

/** One of several with label, hint and error. */
export function SelectField({
  label,
  hint,
  error,
  unmarked,
  className,
  options,
  ...select
}: SelectFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error} optional={!select.required && !unmarked}>
      {/* A form that React resets after its action forgets a select's new default: remounting it remembers. */}
      <select
        key={String(select.defaultValue ?? "")}
        {...select}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, { hint, error })}
        className={classNames(controlClass, className)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}
