import { type EventType, schemas } from "#lib/domain/events";
import { printQuery, printWord, type QueryWord } from "./audit-query";
import { isDay, startOfDay, timeZoneNamed } from "./zoned-day";

/**
 * What the words of a query mean. Words of one field are alternatives, an excluding one leaves out; different fields must all
 * hold. `order`, `stream` and a value alone all say where something happened and count as one field. What cannot be read is
 * told, with what would be right, and everything else counts all the same. All days of a query are those of one zone, which
 * stands in it, so that it means the same wherever it is read.
 */

/** One of these; everything, when there is none. And none of those. */
export type Choice = { readonly only: readonly string[]; readonly not: readonly string[] };

export type LogFilter = {
  /** `<kind>/<id>`. */
  streams?: Choice;
  /** Numbers of orders: the client's own, or ids. */
  numbers?: Choice;
  types?: Choice;
  /** Ids of people, API keys and parts of the system. */
  actors?: Choice;
  kinds?: Choice;
  /** Whether somebody was refused for want of the right. */
  refused?: boolean;
  /** Instants: recorded at or after `from`, before `until`. */
  from?: string;
  until?: string;
  /** Positions, both included. */
  fromPos?: number;
  upTo?: number;
};

/** A word that says nothing, why, and the whole query with what was probably meant. */
export type QueryProblem = { word: string; message: string; instead?: string };

export type Meaning = { filter: LogFilter; problems: QueryProblem[] };

/** Somebody who can be named in a query, by id or by name. */
export type Nameable = { id: string; name: string };

/** Every type of event there is. */
export const eventTypes = (Object.keys(schemas) as EventType[]).sort();

/** The types that say that somebody was refused. */
export const refusals = ["accessRefused", "denialsCounted"] as const satisfies readonly EventType[];

/** Parts of the system that act by themselves. */
export const systemParts = ["timer", "dispatcher", "import", "operator", "carrier", "connection"] as const;

/** The kinds of actors: people, API keys, the system, and each part of it. */
export const actorKinds = ["person", "api", "system", ...systemParts] as const;

const streamKinds = ["order", "person", "access", "workflow", "policy", "calendar", "workspace"];

/** The fields, and what is typed after each. */
export const queryFields = {
  actor: "who did it, by id or name: actor:ana",
  kind: "the kind of actor: kind:person, kind:api, kind:timer",
  type: "what happened: type:decisionMade, or type:effect* for all that begin so",
  order: "an order's number or id: order:SO-1001",
  stream: "one history: stream:person/ana, or stream:access/ana for what ana was refused",
  from: "a day and what came after: from:2026-11-01",
  until: "a day and what came before: until:2026-11-30",
  zone: "the time zone the days are of, UTC without one: zone:Europe/London",
  pos: "positions: pos:100..200, pos:<100",
  refused: "what people were refused: refused:yes",
} as const;

export type QueryField = keyof typeof queryFields;

/** What these words mean among these people. */
export function meaningOf(words: readonly QueryWord[], people: readonly Nameable[]): Meaning {
  const filter: LogFilter = {};
  const problems: QueryProblem[] = [];
  const zone = zoneOf(words);
  words.forEach((word, index) => {
    const problem = take(word, filter, people, zone);
    if (!problem) return;
    const { message, meant } = problem;
    problems.push({
      word: printWord(word),
      message,
      instead: meant && printQuery(words.with(index, { ...word, ...meant })),
    });
  });
  return { filter, problems };
}

/** The zone that the days of these words are of: the first that is named and known, else UTC. */
export function zoneOf(words: readonly QueryWord[]): string {
  const named = words.flatMap(({ field, value, not }) =>
    field === "zone" && !not ? (timeZoneNamed(value) ?? []) : [],
  );
  return named[0] ?? "UTC";
}

type Misread = { message: string; meant?: Partial<QueryWord> };

/** Adds what a word means to a filter, or says why it means nothing. */
function take(
  word: QueryWord,
  filter: LogFilter,
  people: readonly Nameable[],
  zone: string,
): Misread | undefined {
  const { field, value, not } = word;
  if (field !== null && !Object.hasOwn(queryFields, field)) return unknownField(field);
  if (value === "")
    return field === null
      ? { message: "There is nothing between the quotation marks: an order's number, for example SO-1001." }
      : { message: `After ${field}: comes ${queryFields[field as QueryField]}.` };
  if (not && (field === "from" || field === "until" || field === "zone" || field === "pos"))
    return { message: `${field} cannot be excluded. It is ${queryFields[field]}.` };
  const add = (name: "streams" | "numbers" | "types" | "actors" | "kinds", values: readonly string[]) => {
    const { only, not: without } = filter[name] ?? { only: [], not: [] };
    filter[name] = not
      ? { only, not: [...without, ...values] }
      : { only: [...only, ...values], not: without };
    return undefined;
  };
  switch (field as QueryField | null) {
    case null:
    case "order":
      return add("numbers", [value]);
    case "stream":
      return streamKinds.some((kind) => value.startsWith(`${kind}/`) && value.length > kind.length + 1)
        ? add("streams", [value])
        : {
            message: `“${value}” is no stream. A stream is a kind, a stroke and an id, for example person/ana or order/<id>; the kinds are ${streamKinds.join(", ")}.`,
            meant: value.includes("/") ? undefined : { field: "order" },
          };
    case "type":
      return typesLike(value, (types) => add("types", types));
    case "actor":
      return add("actors", actorsCalled(value, people));
    case "kind": {
      const kind = actorKinds.find((known) => known === value.toLowerCase());
      return kind
        ? add("kinds", [kind])
        : {
            message: `There is no kind “${value}” of actor. The kinds are ${actorKinds.join(", ")}.`,
            meant: meantValue(value, actorKinds),
          };
    }
    case "refused": {
      const answer = ["yes", "no"].indexOf(value.toLowerCase());
      if (answer < 0) return { message: `refused is yes or no, not “${value}”.`, meant: { value: "yes" } };
      filter.refused = (answer === 0) !== not;
      return undefined;
    }
    case "from":
    case "until": {
      if (!isDay(value))
        return {
          message: `“${value}” is no day. After ${field}: comes a day as 2026-11-30, the year first.`,
        };
      const start = startOfDay(value, zone, field === "until" ? 1 : 0);
      if (field === "from") filter.from = [filter.from ?? start, start].sort()[1];
      else filter.until = [filter.until ?? start, start].sort()[0];
      return undefined;
    }
    case "zone": {
      const named = timeZoneNamed(value);
      if (!named)
        return {
          message: `There is no time zone “${value}”. It is one as Europe/London, or UTC. The days are read as those of ${zone}.`,
          meant: meantValue(value, Intl.supportedValuesOf("timeZone")),
        };
      return named === zone
        ? undefined
        : { message: `The days of a query are of one zone. They are read as those of ${zone}.` };
    }
    case "pos": {
      const range = positionsOf(value);
      if (!range)
        return {
          message: `“${value}” are no positions. After pos: comes a number, or 100..200, <100, <=100, >100 or >=100.`,
        };
      filter.fromPos = Math.max(filter.fromPos ?? 0, range.fromPos);
      if (range.upTo !== undefined) filter.upTo = Math.min(filter.upTo ?? range.upTo, range.upTo);
      return undefined;
    }
  }
}

function unknownField(field: string): Misread {
  const names = Object.keys(queryFields);
  return {
    message: `There is no field “${field}”. The fields are ${names.join(", ")}. A number with a colon in it goes in quotation marks.`,
    meant: meantField(field),
  };
}

function meantField(field: string): Partial<QueryWord> | undefined {
  const near = nearest(field, Object.keys(queryFields));
  return near === undefined ? undefined : { field: near };
}

function meantValue(value: string, known: readonly string[]): Partial<QueryWord> | undefined {
  const near = nearest(value, known);
  return near === undefined ? undefined : { value: near };
}

function typesLike(value: string, found: (types: readonly string[]) => undefined): Misread | undefined {
  const wanted = value.toLowerCase();
  const types = wanted.endsWith("*")
    ? eventTypes.filter((type) => type.toLowerCase().startsWith(wanted.slice(0, -1)))
    : eventTypes.filter((type) => type.toLowerCase() === wanted);
  if (types.length > 0) return found(types);
  return {
    message: `There is no event “${value}”. It is one as the log has it, for example decisionMade, or the beginning of several with a star: effect*.`,
    meant: meantValue(value, eventTypes),
  };
}

/** Whoever has this id, else everybody of this name. Whom nobody knows may still be in the log, as an API key is. */
function actorsCalled(value: string, people: readonly Nameable[]): string[] {
  if (people.some(({ id }) => id === value)) return [value];
  const wanted = value.toLocaleLowerCase("en-GB");
  const called = people.filter(({ name }) => name.toLocaleLowerCase("en-GB") === wanted).map(({ id }) => id);
  return called.length > 0 ? called : [value];
}

function positionsOf(value: string): { fromPos: number; upTo?: number } | undefined {
  const [, from, dots, until] = /^(\d{0,15})(\.\.)?(\d{0,15})$/.exec(value) ?? [];
  if (from && !dots) return { fromPos: Number(from), upTo: Number(from) };
  if (dots && (from || until)) return { fromPos: Number(from), upTo: until ? Number(until) : undefined };
  const [, sign, than] = /^(<=?|>=?)(\d{1,15})$/.exec(value) ?? [];
  const bound = Number(than);
  switch (sign) {
    case "<":
      return { fromPos: 0, upTo: bound - 1 };
    case "<=":
      return { fromPos: 0, upTo: bound };
    case ">":
      return { fromPos: bound + 1 };
    case ">=":
      return { fromPos: bound };
    default:
      return undefined;
  }
}

/** The known word that differs least, when it differs little. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const [closest] = known
    .map((each) => ({ each, distance: distance(word.toLowerCase(), each.toLowerCase()) }))
    .filter((each) => each.distance <= Math.max(1, Math.floor(word.length / 3)))
    .sort((one, other) => one.distance - other.distance);
  return closest?.each;
}

/** How many letters have to be changed, added or left out to make one of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1));
    row = next;
  }
  return row[other.length]!;
}
