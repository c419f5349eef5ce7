import { randomUUID } from "node:crypto";
import type { AuthorizedActor } from "#lib/domain/authority";
import { formatMoney } from "#lib/domain/money";
import { ruleNames } from "#lib/domain/policy";
import type { AmountRange, QueueCut } from "#lib/queries/queue";
import { type CutAddress, cutProblems, cutQuery, isNarrowed, isOwn } from "#lib/queries/queue-cut";
import { mayShare } from "#lib/queries/saved-views";
import { taskSorts } from "#lib/queries/task-sort";
import { ruleInShort, sentenceMiddle, sentenceStart } from "#lib/queries/words";
import { formatNumber } from "../../components/format";
import { QueueNarrowing } from "../../components/queue-narrowing";
import { currencyOptions } from "../requests/currency-options";
import { saveView } from "../saved-views/actions";
import { cutHref } from "./lines";

type Claimants = readonly { person: string; name: string }[];

type NarrowingProps = {
  actor: AuthorizedActor;
  cut: QueueCut;
  /** The address as it was typed: what of it narrows nothing stands in its field again. */
  asked: CutAddress;
  people: Claimants;
  /** What the cut is saved as. */
  saved: string | undefined;
};

/** What a view can be narrowed to: why an order is here, who has claimed it, and what it is worth; and what stands first in it. */
export function Narrowing({ actor, cut, asked, people, saved }: NarrowingProps) {
  const problems = cutProblems(asked);
  const refused = Object.keys(problems).length > 0;
  return (
    <QueueNarrowing
      view={cut.view}
      everything={cutHref({ view: cut.view, sort: cut.sort })}
      narrowed={isNarrowed(cut)}
      chosen={[cut.reason, cut.claimedBy, cut.amount, cut.sort].filter((each) => each !== undefined).length}
      choices={[
        {
          name: "sort",
          label: "What stands first",
          value: cut.sort ?? "",
          options: [
            { value: "", label: firstWords.due },
            ...taskSorts.map((sort) => ({ value: sort, label: firstWords[sort] })),
          ],
        },
        {
          name: "reason",
          label: "Why it is here",
          value: cut.reason ?? "",
          options: [
            { value: "", label: "Any reason" },
            ...ruleNames.map((name) => ({ value: name, label: ruleInShort(name) })),
          ],
        },
        {
          name: "claimedBy",
          label: "Claimed by",
          value: cut.claimedBy ?? "",
          options: [
            { value: "", label: "Anybody or nobody" },
            ...withChosen(people, cut.claimedBy).map(({ person, name }) => ({
              value: person,
              label: person === actor.person ? `${name} (you)` : name,
            })),
          ],
        },
        {
          name: "currency",
          label: "Currency",
          value: cut.amount?.currency ?? "",
          options: [{ value: "", label: "Any currency" }, ...currencyOptions],
        },
      ]}
      amounts={[
        { name: "amountFrom", label: "Amount from", value: asked.amountFrom ?? "" },
        { name: "amountTo", label: "Amount to", value: asked.amountTo ?? "" },
      ]}
      refusal={
        refused ? { message: "Not all of this narrows the list yet.", fieldErrors: problems } : undefined
      }
      savedAs={saved}
      save={
        isOwn(cut) && !saved && !refused
          ? {
              action: saveView,
              hidden: { id: randomUUID(), surface: "queue", query: cutQuery(cut) },
              mayShare: mayShare(actor, "queue"),
            }
          : undefined
      }
    />
  );
}

const firstWords = {
  due: "The least time left",
  oldest: "What waits longest",
  newest: "The newest",
  largest: "The largest amount",
  smallest: "The smallest amount",
} as const;

/** What stands first in a cut, in words that go on. */
export function firstIn({ sort }: QueueCut): string {
  return `${sentenceMiddle(firstWords[sort ?? "due"])} first`;
}

/** What is shown of a view, in whole sentences; `sortedOf` as `queue` has it. */
export function cutWords(cut: QueueCut, people: Claimants, sortedOf: number | null): string {
  const sorted = [
    firstIn(cut),
    (cut.sort === "largest" || cut.sort === "smallest") && !cut.amount && "each currency by itself",
    sortedOf !== null && `of the ${formatNumber(sortedOf)} with the least time left`,
  ];
  return [
    isNarrowed(cut) && `narrowed to ${narrowedTo(cut, people)}`,
    cut.sort && sorted.filter(Boolean).join(", "),
  ]
    .filter((sentence) => typeof sentence === "string")
    .map((sentence) => `${sentenceStart(sentence)}.`)
    .join(" ");
}

/** What a cut is narrowed to. */
function narrowedTo({ reason, claimedBy, amount }: QueueCut, people: Claimants): string {
  const claimant = people.find(({ person }) => person === claimedBy)?.name ?? claimedBy;
  return [
    reason && `“${ruleInShort(reason)}”`,
    claimant && `what ${claimant} has claimed`,
    amount && amountWords(amount),
  ]
    .filter(Boolean)
    .join(", ");
}

function amountWords({ currency, from_minor, to_minor }: AmountRange): string {
  const [from, to] = [from_minor, to_minor].map(
    (amount) => amount !== undefined && formatMoney({ amount, currency }),
  );
  if (from && to) return `${from} to ${to}`;
  if (from) return `${from} or more`;
  return to ? `${to} or less` : `orders in ${currency}`;
}

/** Who is chosen stays among the people also when they have nothing claimed any more. */
function withChosen(people: Claimants, chosen: string | undefined): Claimants {
  if (chosen === undefined || people.some(({ person }) => person === chosen)) return people;
  return [{ person: chosen, name: chosen }, ...people];
}
