import { actorKinds, eventTypes, zoneOf } from "./audit-meaning";
import { parseQuery, printQuery, type QueryWord } from "./audit-query";
import { isDay, timeZoneNamed } from "./zoned-day";

/**
 * The ordinary fields of the search form and the words of its query say the same. The query is what stands in the address;
 * here it is told what each field shows of it, and what becomes of it when somebody changed a field instead of a word.
 */
export const formFields = [
  "stream",
  "type",
  "actor",
  "kind",
  "refused",
  "from",
  "until",
  "position",
] as const;

export type FormField = (typeof formFields)[number];

/** What stands in each field; `mixed` is what a field cannot show: several values, or excluding ones. */
export type FormValues = { readonly [name in FormField]: { value: string; mixed: boolean } };

const wordsOf: { readonly [name in FormField]: (word: QueryWord) => boolean } = {
  stream: ({ field }) => field === null || field === "order" || field === "stream",
  type: ({ field }) => field === "type",
  actor: ({ field }) => field === "actor",
  kind: ({ field }) => field === "kind",
  refused: ({ field }) => field === "refused",
  from: ({ field }) => field === "from",
  until: ({ field }) => field === "until",
  position: ({ field }) => field === "pos",
};

/** What the fields show of a query. */
export function formValues(query: string): FormValues {
  const words = parseQuery(query);
  return Object.fromEntries(
    formFields.map((name) => {
      const about = words.filter(wordsOf[name]);
      const value = about.length === 1 && !about[0]!.not ? shown(name, about[0]!) : undefined;
      return [name, { value: value ?? "", mixed: about.length > 0 && value === undefined }];
    }),
  ) as FormValues;
}

function shown(name: FormField, { field, value }: QueryWord): string | undefined {
  switch (name) {
    case "position":
      return /^<=(\d+)$/.exec(value)?.[1];
    case "type":
      return eventTypes.find((type) => type.toLowerCase() === value.toLowerCase());
    case "kind":
      return actorKinds.find((kind) => kind === value.toLowerCase());
    case "refused":
      return ["yes", "no"].find((answer) => answer === value.toLowerCase());
    case "stream":
      // What has a stroke in it is a stream when typed into the field.
      return value.includes("/") === (field === "stream") ? value : undefined;
    case "from":
    case "until":
      // A browser empties a field of days that holds something else, and it would be lost.
      return isDay(value) ? value : undefined;
    case "actor":
      return value;
  }
}

const isOfDay = ({ field }: QueryWord) => field === "from" || field === "until";
const isOfZone = ({ field }: QueryWord) => field === "zone";

/** The zone whose days the form asks for: that of the query as soon as it has days or names one, else the reader's. */
export function formZone(query: string, readerZone: string): string {
  const words = parseQuery(query);
  const decided = words.some((word) => isOfDay(word) || isOfZone(word));
  return decided ? zoneOf(words) : (timeZoneNamed(readerZone) ?? "UTC");
}

/** The query with its days read as those of another zone. */
export function queryInZone(query: string, zone: string): string {
  const words = parseQuery(query).filter((word) => !isOfZone(word));
  return printQuery(zone === "UTC" ? words : [...words, zoneWord(zone)]);
}

function zoneWord(zone: string): QueryWord {
  return { field: "zone", value: zone, not: false };
}

/** What was sent with the form: the query, the query its fields were drawn by, the zone they were labelled with, and the fields. */
export type SentForm = {
  query: string;
  drawn: string;
  zone: string;
  fields: { readonly [name in FormField]?: string };
};

/**
 * The query that is meant: the one that was typed, changed by the fields that do not say any more what they were drawn with.
 * Days that were typed without a zone are those of the form's, and it is written beside them; UTC alone goes without saying.
 */
export function queryOfForm({ query, drawn, zone, fields }: SentForm): string {
  const before = formValues(drawn);
  let words = parseQuery(query);
  const hadDays = words.some(isOfDay);
  let changed = false;
  for (const name of formFields) {
    const value = fields[name]?.trim();
    if (value === undefined || value === before[name].value.trim()) continue;
    changed = true;
    words = withField(words, name, value);
  }
  const hasDays = words.some(isOfDay);
  const named = timeZoneNamed(zone) ?? "UTC";
  if (hasDays && named !== "UTC" && !words.some(isOfZone)) {
    changed = true;
    words = [...words, zoneWord(named)];
  }
  // The field was emptied: what is left of the days is a zone of nothing.
  if (hadDays && !hasDays) words = words.filter((word) => !isOfZone(word));
  return changed ? printQuery(words) : query.trim();
}

function withField(words: readonly QueryWord[], name: FormField, value: string): QueryWord[] {
  const others = words.filter((word) => !wordsOf[name](word));
  if (value === "") return others;
  const first = words.findIndex(wordsOf[name]);
  const before =
    first < 0 ? others.length : words.slice(0, first).filter((word) => !wordsOf[name](word)).length;
  return others.toSpliced(before, 0, wordOf(name, value));
}

function wordOf(name: FormField, value: string): QueryWord {
  switch (name) {
    case "position":
      return { field: "pos", value: `<=${value}`, not: false };
    case "stream":
      return { field: value.includes("/") ? "stream" : null, value, not: false };
    default:
      return { field: name, value, not: false };
  }
}
