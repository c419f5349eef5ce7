import { randomUUID } from "node:crypto";
import { CommandForm } from "../../../components/command-form";
import { cancel } from "../actions";

/** The way to cancel an order, for those who may. */
export function CancelOrder({ order }: { order: string }) {
  return (
    <CommandForm
      action={cancel}
      hidden={{ order, commandId: randomUUID() }}
      label="Cancel the order"
      variant="danger"
      note={{
        label: "Why",
        required: true,
        hint: "What was sent already is taken back. A cancelled order stays cancelled.",
      }}
    />
  );
}
