import type { Route } from "next";
import Form from "next/form";
import { Button, ButtonLink } from "./button";
import { SelectField, type SelectOption, TextField } from "./field";

/** One thing to filter by; its name is the parameter in the address. */
export type FilterField = { name: string; label: string; value?: string } & (
  | { kind: "text" | "date" | "number"; placeholder?: string }
  | { kind: "select"; options: readonly SelectOption[] }
);

export type FilterBarProps = {
  /** What is filtered: "Audit log". */
  label: string;
  /** The page that is filtered; the filters become its search parameters. */
  action: Route;
  fields: readonly FilterField[];
  /** What goes into the address beside the fields: in what the fields are meant. */
  unseen?: Readonly<Record<string, string>>;
};

/** Filters as a form of GET: what is seen is in the address, and works without scripts. */
export function FilterBar({ label, action, fields, unseen = {} }: FilterBarProps) {
  const filtered = fields.some(({ value }) => value);
  return (
    <search aria-label={label}>
      <Form action={action} className="grid grid-cols-2 items-end gap-3 pb-4 sm:flex sm:flex-wrap">
        {fields.map((field) => (
          <div key={field.name} className="min-w-0 sm:max-w-52 sm:flex-1 sm:basis-32">
            {field.kind === "select" ? (
              <SelectField
                name={field.name}
                label={field.label}
                options={field.options}
                defaultValue={field.value}
                unmarked
              />
            ) : (
              <TextField
                // What the address says wins over what was typed: a link to other filters fills the fields anew.
                key={field.value}
                name={field.name}
                label={field.label}
                type={field.kind}
                placeholder={field.placeholder}
                defaultValue={field.value}
                autoComplete="off"
                unmarked
              />
            )}
          </div>
        ))}
        {Object.entries(unseen).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <div className="flex gap-2 max-sm:col-span-2">
          <Button type="submit">Filter</Button>
          {filtered && (
            <ButtonLink href={action} variant="quiet">
              Clear
            </ButtonLink>
          )}
        </div>
      </Form>
    </search>
  );
}
