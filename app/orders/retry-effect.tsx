import { randomUUID } from "node:crypto";
import { CommandForm } from "../../components/command-form";
import { retry } from "./actions";

/** The way to have a failed effect tried again; `title` is what people call the effect. */
export function RetryEffect({
  order,
  effectKey,
  title,
}: {
  order: string;
  effectKey: string;
  title: string;
}) {
  return (
    <CommandForm
      action={retry}
      hidden={{ order, key: effectKey, commandId: randomUUID() }}
      label={`Try again: ${title}`}
      size="small"
      note={{
        label: "Why it should work now",
        required: true,
        hint: "It is sent under the same key, so it cannot happen twice.",
      }}
    />
  );
}
