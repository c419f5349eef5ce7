"use client";

import { LoaderCircle, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "./button";
import { SelectField, type SelectOption, TextArea, TextField } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { type Refusal, RefusalSummary } from "./refusal";

/** A line as typed; sent as `lines.0.sku`, `lines.0.description`, `lines.0.quantity`, `lines.0.unitPrice`. */
export type OrderFormLine = { sku: string; description: string; quantity: string; unitPrice: string };

/** An order as typed: every value the text of its field, which also names it in `FormData`. */
export type OrderFormValues = {
  businessKey: string;
  customerReference: string;
  customerName: string;
  /** ISO 3166-1 alpha-2, or empty. */
  country: string;
  /** ISO 4217. */
  currency: string;
  /** A decimal in the currency's own units: `1,250.50`. */
  total: string;
  /** `YYYY-MM-DD`, or empty. */
  orderedOn: string;
  note: string;
  lines: readonly OrderFormLine[];
};

/** What the action answers; after success it redirects instead. `values` brings back what was typed. */
export type OrderFormState = { status: "idle" } | ({ status: "refused"; values: OrderFormValues } & Refusal);

export type OrderFormProps = {
  kind: "new" | "amend";
  /** What the fields start with. */
  values: OrderFormValues;
  currencies: readonly SelectOption[];
  /** `commandId`; for an amendment also `order`, `task`, `visit`. */
  hidden: Readonly<Record<string, string | number | undefined>>;
  /** What the reviewer asks for, above an amendment. */
  asked?: string;
  /** Gets the hidden values, the fields of `OrderFormValues`, and `lineCount`. */
  action: (state: OrderFormState, data: FormData) => Promise<OrderFormState>;
};

/** An order nobody has typed anything into yet. */
export const emptyOrder: OrderFormValues = {
  businessKey: "",
  customerReference: "",
  customerName: "",
  country: "",
  currency: "GBP",
  total: "",
  orderedOn: "",
  note: "",
  lines: [],
};

const labels: Record<string, string> = {
  businessKey: "Order number",
  customerReference: "Customer reference",
  customerName: "Customer name",
  country: "Country",
  currency: "Currency",
  total: "Total",
  orderedOn: "Ordered on",
  note: "Note",
};

/** Asks for a new order, or for changes to one that was sent back. Whatever was typed survives a refusal. */
export function OrderForm({ kind, values: initial, currencies, hidden, asked, action }: OrderFormProps) {
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const refused = state.status === "refused" ? state : undefined;
  const values = refused?.values ?? initial;
  const errors = refused?.fieldErrors ?? {};
  const lineLabels = Object.fromEntries(
    Object.keys(errors)
      .filter((name) => name.startsWith("lines."))
      .map((name) => [name, `Line ${Number(name.split(".")[1]) + 1}`]),
  );
  return (
    <form action={formAction} className="grid max-w-3xl gap-5" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} labels={{ ...labels, ...lineLabels }} />}
      {asked && (
        <figure className="grid gap-1 rounded-md border border-warn/30 bg-warn-tint px-3 py-2.5">
          <figcaption className="font-semibold text-warn">What is asked for</figcaption>
          <blockquote className="whitespace-pre-line wrap-anywhere">{asked}</blockquote>
        </figure>
      )}
      <HiddenFields values={hidden} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          name="businessKey"
          label="Order number"
          hint={kind === "new" ? "Your own number; the same number is the same order." : "The number stays."}
          required={kind === "new"}
          readOnly={kind === "amend"}
          defaultValue={values.businessKey}
          error={errors.businessKey}
          autoComplete="off"
        />
        <TextField
          name="orderedOn"
          type="date"
          label="Ordered on"
          defaultValue={values.orderedOn}
          error={errors.orderedOn}
        />
        <TextField
          name="customerReference"
          label="Customer reference"
          hint="Your number for the customer."
          defaultValue={values.customerReference}
          error={errors.customerReference}
          autoComplete="off"
        />
        <TextField
          name="customerName"
          label="Customer name"
          defaultValue={values.customerName}
          error={errors.customerName}
          autoComplete="off"
        />
        <div className="grid grid-cols-[minmax(0,11.5rem)_minmax(7rem,1fr)] gap-4">
          <SelectField
            name="currency"
            label="Currency"
            required
            options={currencies}
            defaultValue={values.currency}
            error={errors.currency}
          />
          <TextField
            name="total"
            label="Total"
            required
            inputMode="decimal"
            placeholder="0.00"
            defaultValue={values.total}
            error={errors.total}
            autoComplete="off"
            className="text-right tabular-nums"
          />
        </div>
        <TextField
          name="country"
          label="Country"
          hint="Two letters: GB, FR, DE."
          maxLength={2}
          defaultValue={values.country}
          error={errors.country}
          autoComplete="off"
          className="uppercase"
        />
      </div>
      <Lines key={refused ? "typed" : "initial"} initial={values.lines} errors={errors} />
      <TextArea name="note" label="Note" defaultValue={values.note} error={errors.note} maxLength={4_000} />
      <div className="flex justify-end border-t border-line pt-4">
        <Button
          type={pending ? "button" : "submit"}
          variant="primary"
          aria-disabled={pending || undefined}
          className="max-sm:w-full"
        >
          {pending && <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />}
          {kind === "new" ? "Send order" : "Send changes"}
        </Button>
      </div>
    </form>
  );
}

const emptyLine: OrderFormLine = { sku: "", description: "", quantity: "1", unitPrice: "" };

function Lines({
  initial,
  errors,
}: {
  initial: readonly OrderFormLine[];
  errors: Readonly<Record<string, string>>;
}) {
  const [lines, setLines] = useState(() => initial.map((line, id) => ({ ...line, id })));
  const change = (id: number, part: Partial<OrderFormLine>) =>
    setLines((before) => before.map((line) => (line.id === id ? { ...line, ...part } : line)));
  const add = () => setLines((before) => [...before, { ...emptyLine, id: (before.at(-1)?.id ?? -1) + 1 }]);
  return (
    <fieldset className="grid gap-3 border-t border-line pt-4">
      <legend className="float-left text-[0.8125rem] font-medium">
        Lines<span className="font-normal text-ink-muted"> (optional)</span>
      </legend>
      <input type="hidden" name="lineCount" value={lines.length} />
      {lines.map((line, index) => (
        <div
          key={line.id}
          className="grid grid-cols-2 items-start gap-3 max-sm:rounded-md max-sm:border max-sm:border-line max-sm:p-3 sm:grid-cols-[7rem_1fr_6rem_7rem_auto]"
        >
          <TextField
            name={`lines.${index}.sku`}
            label="Item number"
            unmarked
            value={line.sku}
            onChange={(event) => change(line.id, { sku: event.target.value })}
            error={errors[`lines.${index}.sku`]}
          />
          <div className="max-sm:order-first max-sm:col-span-2">
            <TextField
              name={`lines.${index}.description`}
              label="Item"
              required
              value={line.description}
              onChange={(event) => change(line.id, { description: event.target.value })}
              error={errors[`lines.${index}.description`]}
            />
          </div>
          <TextField
            name={`lines.${index}.quantity`}
            label="Quantity"
            required
            inputMode="numeric"
            value={line.quantity}
            onChange={(event) => change(line.id, { quantity: event.target.value })}
            error={errors[`lines.${index}.quantity`]}
            className="text-right tabular-nums"
          />
          <TextField
            name={`lines.${index}.unitPrice`}
            label="Unit price"
            required
            inputMode="decimal"
            value={line.unitPrice}
            onChange={(event) => change(line.id, { unitPrice: event.target.value })}
            error={errors[`lines.${index}.unitPrice`]}
            className="text-right tabular-nums"
          />
          <Button
            variant="quiet"
            aria-label={`Remove line ${index + 1}`}
            title={`Remove line ${index + 1}`}
            className="justify-self-end self-end px-2 sm:mt-5.5 sm:self-start"
            onClick={() => setLines((before) => before.filter(({ id }) => id !== line.id))}
          >
            <Trash2 aria-hidden="true" className="size-4" />
          </Button>
        </div>
      ))}
      <div className="clear-both">
        <Button size="small" onClick={add}>
          <Plus aria-hidden="true" className="size-4" />
          Add a line
        </Button>
      </div>
    </fieldset>
  );
}
