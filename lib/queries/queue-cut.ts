import { type Currency, currencies, formatMoney, minorUnitDigits } from "#lib/domain/money";
import { ruleNames } from "#lib/domain/policy";
import { type AmountRange, isQueueView, type QueueCut } from "./queue";
import { isTaskSort } from "./task-sort";
import { amountText, amountTyped } from "./typed-amount";

/** What an address can say of a cut; amounts are in the currency's own units, as people write them. */
export const cutParameters = [
  "view",
  "reason",
  "claimedBy",
  "currency",
  "amountFrom",
  "amountTo",
  "sort",
] as const;
export type CutAddress = { readonly [name in (typeof cutParameters)[number]]?: string };

/** Why what was typed narrows nothing, by the field it has to be put right in. */
export type CutProblems = { readonly [name in "currency" | "amountFrom" | "amountTo"]?: string };

/** What an address says of the cut, each once; what means nothing leaves everything. */
export function cutAsked(asked: CutAddress): QueueCut {
  const { view, reason, claimedBy, sort } = asked;
  const { amount } = amountAsked(asked);
  return {
    view: isQueueView(view) ? view : "all",
    ...(isReason(reason) && { reason }),
    ...(isPerson(claimedBy) && { claimedBy }),
    ...(amount && { amount }),
    ...(isTaskSort(sort) && { sort }),
  };
}

/** What of the amounts in an address narrows nothing, because nobody could say what it means. */
export function cutProblems(asked: CutAddress): CutProblems {
  return amountAsked(asked).problems;
}

function amountAsked(asked: CutAddress): { amount?: AmountRange; problems: CutProblems } {
  const currency = currencies.find((known) => known === asked.currency);
  const [from, to] = [asked.amountFrom?.trim() ?? "", asked.amountTo?.trim() ?? ""];
  if (!currency)
    return from || to
      ? { problems: { currency: "Choose the currency the amount is in." } }
      : { problems: {} };
  const [from_minor, to_minor] = [amountTyped(from, currency), amountTyped(to, currency)];
  const problems = {
    ...(from && from_minor === null && { amountFrom: noAmount(currency) }),
    ...(to && to_minor === null && { amountTo: noAmount(currency) }),
  };
  if (from_minor !== null && to_minor !== null && from_minor > to_minor)
    return { amount: { currency }, problems: { amountTo: lessThan(from_minor, currency) } };
  return {
    amount: {
      currency,
      ...(from_minor !== null && { from_minor }),
      ...(to_minor !== null && { to_minor }),
    },
    problems,
  };
}

function noAmount(currency: Currency): string {
  const digits = minorUnitDigits(currency);
  return `This is no amount in ${currency}. Write it as 1250${digits > 0 ? `.${"5".padEnd(digits, "0")}` : ""}.`;
}

function lessThan(from_minor: number, currency: Currency): string {
  return `This is less than the ${formatMoney({ amount: from_minor, currency })} the amounts begin at.`;
}

/** The search part of a cut's address, without the question mark: always the same for the same cut. */
export function cutQuery({ view, reason, claimedBy, amount, sort }: QueueCut): string {
  const { currency, from_minor, to_minor } = amount ?? {};
  return `${new URLSearchParams({
    ...(view !== "all" && { view }),
    ...(reason !== undefined && { reason }),
    ...(claimedBy !== undefined && { claimedBy }),
    ...(currency && { currency }),
    ...(currency && from_minor !== undefined && { amountFrom: amountText(from_minor, currency) }),
    ...(currency && to_minor !== undefined && { amountTo: amountText(to_minor, currency) }),
    ...(sort && { sort }),
  })}`;
}

/** Whether there is less in it than in the view it is of. */
export function isNarrowed({ reason, claimedBy, amount }: QueueCut): boolean {
  return reason !== undefined || claimedBy !== undefined || amount !== undefined;
}

/** Whether it is something else than one of the views as it is. */
export function isOwn(cut: QueueCut): boolean {
  return isNarrowed(cut) || cut.sort !== undefined;
}

/** What a cut is called between the browser and the server: the view, or for a cut of one's own the search part. */
export function cutName(cut: QueueCut): string {
  return isOwn(cut) ? cutQuery(cut) : cut.view;
}

/** The cut of this name; null when it is none: a job for many must not take another for it. */
export function cutNamed(name: string): QueueCut | null {
  if (isQueueView(name)) return { view: name };
  const cut = cutAsked(Object.fromEntries(new URLSearchParams(name)));
  return isOwn(cut) && cutName(cut) === name ? cut : null;
}

function isReason(text: string | undefined): text is string {
  return ruleNames.some((name) => name === text);
}

function isPerson(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9._:~-]{1,100}$/.test(text);
}
