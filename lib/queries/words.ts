import type { Role } from "#lib/domain/authority";
import type { RecordedEvent } from "#lib/domain/events";
import type { DoubtFact } from "#lib/domain/facts";
import type { EffectState } from "#lib/domain/order";
import type { RuleName } from "#lib/domain/policy";
import { type Step, type WorkflowDefinition, workflowReference } from "#lib/domain/workflow";
import { workflows } from "#lib/domain/workflows/registry";

/**
 * What things of a definition are called in front of people who have never read one. A definition names its tasks and
 * verdicts itself; effects and the past tense of a verdict have their words here, and without one their own name.
 */
type EffectWords = { title: string; noun: string; outside: string };

const effects: { readonly [effect: string]: EffectWords } = {
  "carrier.dispatch": { title: "Dispatch", noun: "the dispatch", outside: "The carrier" },
  "carrier.cancelDispatch": { title: "Recall", noun: "the recall", outside: "The carrier" },
  "carrier.proofOfDelivery": {
    title: "Proof of delivery",
    noun: "the proof of delivery",
    outside: "The carrier",
  },
};

/** The words for an effect: a title, a noun for the middle of a sentence, and who is outside. */
export function effectWords(effect: string): EffectWords {
  return Object.hasOwn(effects, effect)
    ? (effects[effect] as EffectWords)
    : { title: readable(effect), noun: `“${readable(effect)}”`, outside: "The other system" };
}

const effectStates: { readonly [state: string]: { name: string; next: string } } = {
  INTENDED: { name: "to be sent", next: "Holdpoint sends it, or sends it again, when it is due." },
  ATTEMPTED: { name: "being sent", next: "The answer comes, or the attempt's time runs out." },
  IN_DOUBT: { name: "in doubt", next: "Holdpoint asks while it can, then a person finds out." },
  PENDING: { name: "answer awaited", next: "The other system answers by itself." },
  FAILED: {
    name: "failed",
    next: "A person has it tried again or done anew, unless the order was given up.",
  },
  CONFIRMED: { name: "done", next: "" },
  COMPENSATED: { name: "done and taken back", next: "" },
  OBSOLETE: { name: "no longer wanted", next: "" },
};

/** A state of an effect in the middle of a sentence, and what comes next. */
export function effectStateWords(state: string): { name: string; next: string } {
  return Object.hasOwn(effectStates, state)
    ? (effectStates[state] as { name: string; next: string })
    : { name: readable(state), next: "" };
}

/**
 * Why an effect that stands still is not asked for again by itself; `doubt` is what its outside offers when nobody knows
 * whether it happened, null where nothing here knows that outside.
 */
export function whyNotAskedAgain(
  { effect, status, reason, doubts, attemptsInRow }: EffectState,
  doubt: DoubtFact | null,
): string {
  const { outside } = effectWords(effect);
  if (status === "PENDING") return `${outside} has accepted it and answers by itself.`;
  if (status === "FAILED") return `${reason ?? "It failed."} Nothing is sent again until somebody says so.`;
  if (doubts.length > 0 && reason?.startsWith("Rejected now"))
    return `${outside} rejected the last attempt, which says nothing of an earlier one without an answer.`;
  switch (doubt?.kind) {
    case undefined:
      return `Nothing here is connected to it, so nobody can ask. ${outside} may have done it.`;
    case "neither":
      return `${outside} would do it a second time if it was sent again, and cannot be asked what became of it.`;
    case "probe":
      return `${outside} was asked what became of it as often as the workflow allows, without a clear answer.`;
    case "honoursKey":
      return `It was sent ${attemptsInRow === 1 ? "once" : `${attemptsInRow} times`}: as often as the workflow allows, or as long as ${sentenceMiddle(outside)} knows its key.`;
  }
}

/** A phrase as it stands in the middle of a sentence. */
export function sentenceMiddle(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A phrase as it begins a sentence. */
export function sentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A sentence of the log that calls effects by their names in the definition, in the words people use for them. */
export function inWords(sentence: string): string {
  return sentenceStart(
    Object.entries(effects).reduce((text, [effect, { noun }]) => text.replaceAll(effect, noun), sentence),
  );
}

/** The definition an order runs by, when this version of Holdpoint has it. */
export function definitionOf(workflow: { name: string; version: number }): WorkflowDefinition | undefined {
  return workflows.find(({ name, version }) => name === workflow.name && version === workflow.version);
}

/** A step of a definition by its reference, `name@version`; undefined where this version does not have it. */
export function stepOf(workflow: string, step: string): Step | undefined {
  const steps: { readonly [name: string]: Step } =
    workflows.find((each) => workflowReference(each) === workflow)?.steps ?? {};
  return Object.hasOwn(steps, step) ? steps[step] : undefined;
}

/** A step's title in any definition that has a step of this name. */
export function stepTitle(name: string): string {
  for (const { steps } of workflows) {
    const step = steps[name];
    if (step) return titleOf(name, step);
  }
  return readable(name);
}

/** What a step is called on a screen. */
export function titleOf(name: string, step: Step): string {
  switch (step.kind) {
    case "task":
      return step.title;
    case "effect":
      return effectWords(step.effect).title;
    case "decision":
      return "Policy check";
    case "wait":
    case "end":
      return readable(name);
  }
}

/** The effect a step stands for, in any definition. */
export function effectOfStep(name: string): string {
  for (const { steps } of workflows) {
    const step = steps[name];
    if (step?.kind === "effect") return step.effect;
  }
  return name;
}

const past: { readonly [label: string]: { participle: string; sentence: string } } = {
  Approve: { participle: "Approved", sentence: "approved the order" },
  Reject: { participle: "Rejected", sentence: "rejected the order" },
  "Send back": { participle: "Sent back", sentence: "sent the order back" },
};

/** A verdict after it was given: as a participle on its own, and as the rest of a sentence about who gave it. */
export function verdictPast(step: string, verdict: string): { participle: string; sentence: string } {
  const label = verdictLabel(step, verdict);
  return Object.hasOwn(past, label)
    ? (past[label] as { participle: string; sentence: string })
    : { participle: `Decided: ${label}`, sentence: `decided “${label}”` };
}

function verdictLabel(name: string, verdict: string): string {
  for (const { steps } of workflows) {
    const step = steps[name];
    if (step?.kind === "task" && Object.hasOwn(step.outcomes, verdict))
      return step.outcomes[verdict]?.label ?? verdict;
  }
  return readable(verdict);
}

/** Who did it, as people say it; an actor's `kind` tells people, machines and the outside apart. */
export function actorWords(
  { type, id, onBehalfOf }: RecordedEvent["actor"],
  person: (id: string) => string,
): { name: string; kind: "person" | "machine" | "outside" } {
  switch (type) {
    case "person":
      return { name: person(id), kind: "person" };
    case "apiKey":
      return { name: `${onBehalfOf ? person(onBehalfOf) : id} through an API key`, kind: "outside" };
    case "system":
      return systemParts[id] ?? { name: "Holdpoint", kind: "machine" };
  }
}

const systemParts: { readonly [part: string]: { name: string; kind: "machine" | "outside" } | undefined } = {
  import: { name: "The import", kind: "machine" },
  operator: { name: "The operator", kind: "machine" },
  carrier: { name: "The carrier", kind: "outside" },
  connection: { name: "A connected system", kind: "outside" },
};

/** Roles as a group of people: "reviewers or supervisors". */
export function plural(roles: readonly Role[]): string {
  return new Intl.ListFormat("en-GB", { type: "disjunction" }).format(roles.map((role) => `${role}s`));
}

function readable(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[._-]+/g, " ")
    .toLowerCase()
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const ruleWords: Readonly<Record<RuleName, string>> = {
  "limit@1": "Amount to approve",
  "firstTimeCustomer@1": "First order",
  "possibleDuplicate@1": "Possible duplicate",
  "restrictedCountry@1": "Restricted country",
  "missingCustomer@1": "No customer",
};

/** Why a rule asked for a person, in two or three words; a rule of another version of Holdpoint keeps its name. */
export function ruleInShort(rule: string): string {
  return Object.hasOwn(ruleWords, rule) ? ruleWords[rule as RuleName] : rule;
}
