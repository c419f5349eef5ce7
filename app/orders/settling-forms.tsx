import { randomUUID } from "node:crypto";
import type { Offer, Settling, Unsettled, UnsettledEffect } from "#lib/queries/unsettled";
import { CommandForm, type CommandFormProps } from "../../components/command-form";
import { clearAttention, doAnew, retry, settleDone, settleNotDone } from "./actions";

type Form = Omit<CommandFormProps, "hidden" | "size">;

/** The forms by which somebody says what became of an effect, and why the others are not to be had. */
export function SettlingForms({ order, effect }: { order: string; effect: UnsettledEffect }) {
  const offered = effect.offers.filter(({ refused }) => refused === null);
  return (
    <div className="grid gap-2">
      {offered.length > 0 && (
        <div className="flex flex-wrap items-start gap-2">
          {offered.map(({ settling }) => (
            <CommandForm
              key={settling}
              {...formOf(settling, effect)}
              hidden={{ order, key: effect.key, attempt: `${effect.attempt}`, commandId: randomUUID() }}
              size="small"
            />
          ))}
        </div>
      )}
      <Refusals offers={effect.offers} />
    </div>
  );
}

/** The way to say that an order needs nobody's attention any more, or who can say so. */
export function ClearAttention({ order, clearing }: { order: string; clearing: Unsettled["clearing"] }) {
  if (!clearing) return null;
  if (clearing.refused) return <p>{clearing.refused.whoCan ?? clearing.refused.reason}</p>;
  return (
    <CommandForm
      action={clearAttention}
      hidden={{ order, commandId: randomUUID() }}
      label="No attention needed any more"
      size="small"
      note={{ label: "What you found", required: true, hint: "It stands in the order's history." }}
    />
  );
}

const nouns: Record<Settling, string> = {
  retry: "It cannot be tried again",
  done: "It cannot be said to be done",
  notDone: "It cannot be said to be not done",
  doAnew: "It cannot be done anew",
};

function Refusals({ offers }: { offers: readonly Offer[] }) {
  const refused = offers.flatMap(({ settling, refused }) => (refused ? [{ settling, ...refused }] : []));
  // Who lacks the role lacks it for everything, and is told once who has it.
  const [first] = refused;
  if (first?.whoCan) return <p className="text-ink-muted">{first.whoCan}</p>;
  return refused.map(({ settling, reason }) => (
    <p key={settling} className="text-ink-muted">
      {nouns[settling]}. {reason}
    </p>
  ));
}

function formOf(settling: Settling, { title, outside }: UnsettledEffect): Form {
  const known = (label: string, hint: string) => ({ label, required: true, hint });
  switch (settling) {
    case "retry":
      return {
        action: retry,
        label: `Try again: ${title}`,
        note: known("Why it should work now", "It is sent under the same key, so it cannot happen twice."),
      };
    case "done":
      return {
        action: settleDone,
        label: `It was done: ${title}`,
        line: { name: "reference", label: "The number it was done under", hint: `${outside} gave it.` },
        note: known("How you know", "It counts like the answer that never came: the order goes on."),
      };
    case "notDone":
      return {
        action: settleNotDone,
        label: `It was not done: ${title}`,
        note: known("How you know", "The order stays where it is until somebody has it done."),
      };
    case "doAnew":
      return {
        action: doAnew,
        label: `Do it anew: ${title}`,
        variant: "danger",
        note: known(
          "How you know that it was not done",
          "It is sent under a key of its own: if it was done after all, it happens twice.",
        ),
      };
  }
}
