import Link from "next/link";
import { type FormField, formValues, formZone, queryInZone } from "#lib/queries/audit-form";
import {
  actorKinds,
  eventTypes,
  type Nameable,
  type QueryProblem,
  queryFields,
  systemParts,
} from "#lib/queries/audit-meaning";
import { query_length_max } from "#lib/queries/audit-search";
import { SelectField, TextField } from "../../components/field";
import { QueryBar } from "../../components/query-bar";
import type { QueryBarField } from "../../components/query-bar-words";
import { addressOf, type LogAddress } from "./address";

type SearchFormProps = {
  address: LogAddress;
  problems: readonly QueryProblem[];
  actors: readonly Nameable[];
  /** The reader's. */
  timeZone: string;
};

const kindWords: { readonly [kind: string]: string } = {
  person: "a person, at the console",
  api: "a program, through an API key",
  system: "Holdpoint itself, any part of it",
  timer: "what happens when its time has come",
  dispatcher: "what is sent outside",
  import: "what was brought in from files",
  operator: "commands of who runs it",
  carrier: "what the carrier reports",
  connection: "what other connected systems report",
};

/** What the log is searched by: words in one field, and the same as ordinary fields. */
export function SearchForm({ address, problems, actors, timeZone }: SearchFormProps) {
  const { query, watch } = address;
  const zone = formZone(query, timeZone);
  const values = formValues(query);
  /** A field whose words it cannot show says so, and changes nothing as long as nobody chooses something. */
  const field = (name: FormField) => ({
    name,
    defaultValue: values[name].value,
    unmarked: true,
  });
  const options = (name: FormField, all: string, known: readonly { value: string; label: string }[]) => {
    const { value, mixed } = values[name];
    const chosen = value === "" || known.some((option) => option.value === value);
    return [
      { value: "", label: mixed ? "As typed above" : all },
      ...(chosen ? [] : [{ value, label: value }]),
      ...known,
    ];
  };
  const text = (name: FormField, usual = "") => ({
    ...field(name),
    // What the address says wins over what was typed: a link to another query fills the fields anew.
    key: values[name].value,
    placeholder: values[name].mixed ? "As typed above" : usual,
    autoComplete: "off",
  });
  return (
    <QueryBar
      label="Search the log"
      action="/audit"
      query={query}
      query_length_max={query_length_max}
      placeholder="actor:ana type:decision* from:2026-11-01"
      problems={problems.map(({ word, message, instead }) => ({
        word,
        message,
        instead:
          instead === undefined ? undefined : { query: instead, href: addressOf({ query: instead, watch }) },
      }))}
      fields={suggested(actors, timeZone)}
      keep={{ zone, ...(watch && { tail: "1" }) }}
      clear={addressOf({ query: "", watch })}
    >
      <TextField {...text("stream", "SO-1001, person/ana")} label="Order or stream" />
      <SelectField
        {...field("type")}
        label="Event"
        options={options(
          "type",
          "All",
          eventTypes.map((type) => ({ value: type, label: type })),
        )}
      />
      <SelectField
        {...field("actor")}
        label="By"
        options={options(
          "actor",
          "Anybody",
          actors.map(({ id, name }) => ({ value: id, label: name })),
        )}
      />
      <SelectField
        {...field("kind")}
        label="Kind of actor"
        options={options(
          "kind",
          "Any",
          actorKinds.map((kind) => ({ value: kind, label: kind })),
        )}
      />
      <SelectField
        {...field("refused")}
        label="Refusals"
        options={options("refused", "With all else", [
          { value: "yes", label: "Alone" },
          { value: "no", label: "Left out" },
        ])}
      />
      <TextField {...text("from")} type="date" label={`From (${zone})`} />
      <TextField {...text("until")} type="date" label={`Until (${zone})`} />
      <TextField {...text("position")} inputMode="numeric" pattern="\d*" label="Up to position" />
      {zone !== timeZone && (
        <p className="col-span-full text-[0.8125rem] text-ink-muted">
          The days are those of {zone}.{" "}
          <Link
            href={addressOf({ query: queryInZone(query, timeZone), watch })}
            className="inline-block py-0.5 underline underline-offset-2 wrap-anywhere"
          >
            Read them as days of {timeZone}
          </Link>
        </p>
      )}
    </QueryBar>
  );
}

function suggested(actors: readonly Nameable[], timeZone: string): QueryBarField[] {
  const values: { [field: string]: { value: string; label: string }[] } = {
    actor: actors.map(({ id, name }) => ({ value: id, label: name })),
    kind: actorKinds.map((kind) => ({ value: kind, label: kindWords[kind] ?? kind })),
    type: eventTypes.map((type) => ({ value: type, label: type })),
    stream: actors
      .filter(({ id }) => !systemParts.some((part) => part === id))
      .flatMap(({ id, name }) => [
        { value: `person/${id}`, label: `what was changed about ${name}` },
        { value: `access/${id}`, label: `what ${name} was refused` },
      ]),
    zone: [...new Set([timeZone, "UTC"])].map((zone) => ({ value: zone, label: zone })),
    refused: [
      { value: "yes", label: "what was refused alone" },
      { value: "no", label: "everything else" },
    ],
  };
  return Object.entries(queryFields).map(([name, says]) => ({ name, says, values: values[name] }));
}
