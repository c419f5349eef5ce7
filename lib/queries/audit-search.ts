import type { AuthorizedActor } from "#lib/domain/authority";
import { type Choice, meaningOf, type Nameable, type QueryProblem, systemParts } from "./audit-meaning";
import { parseQuery, printQuery } from "./audit-query";
import type { WalkFilter } from "./audit-walk";
import { everybody } from "./people-names";
import { demandReader } from "./permission";
import { currentGeneration, type Store } from "./store";
import { actorWords } from "./words";

/** A query as it is asked of the log, and what of it could not be read. */
export type LogSearch = { filter: WalkFilter; problems: QueryProblem[] };

export const query_length_max = 2_000;
const words_max = 50;
const orders_per_number_max = 20;
const people_max = 500;

/**
 * What somebody means who searches the log with this text among `actors`, as `logActors` gives them. Never rejects for what
 * stands in the text. Throws for an actor who may not read the log.
 */
export async function logSearch(
  actor: AuthorizedActor,
  store: Store,
  text: string,
  actors: readonly Nameable[],
): Promise<LogSearch> {
  demandReader(actor, store.keys.workspace, "auditLog");
  const words = parseQuery(text.slice(0, query_length_max));
  const { filter, problems } = meaningOf(words.slice(0, words_max), actors);
  if (text.length > query_length_max || words.length > words_max)
    problems.push({
      word: printQuery(words.slice(words_max)),
      message: `That is more than is read at once: a query has at most ${words_max} words and ${query_length_max} letters.`,
    });
  const { numbers, ...rest } = filter;
  if (!numbers) return { filter: rest, problems };
  const found = await ordersOf(store, [...numbers.only, ...numbers.not]);
  for (const number of new Set([...numbers.only, ...numbers.not])) {
    const orders = found.get(number)?.length ?? 0;
    if (orders === 0) problems.push({ word: number, message: `No order has the number “${number}”.` });
    if (orders > orders_per_number_max)
      problems.push({
        word: number,
        message: `More than ${orders_per_number_max} orders have the number “${number}”. Only so many of them are looked at; name the others by their ids.`,
      });
  }
  const streams = (wanted: readonly string[]) =>
    wanted.flatMap((number) => {
      const orders = found.get(number)?.slice(0, orders_per_number_max) ?? [number];
      return orders.map((order) => `order/${order}`);
    });
  return { filter: { ...rest, streams: joined(rest.streams, numbers, streams) }, problems };
}

function joined(
  named: Choice | undefined,
  numbers: Choice,
  streams: (numbers: readonly string[]) => string[],
): Choice {
  return {
    only: [...(named?.only ?? []), ...streams(numbers.only)],
    not: [...(named?.not ?? []), ...streams(numbers.not)],
  };
}

/** The ids of the orders of each number, one more than are looked at; what is an id already is its own number. */
async function ordersOf(
  { database, keys }: Store,
  numbers: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await database.$queryRawUnsafe<{ number: string; order_id: string }[]>(
    `SELECT wanted.number, found.order_id FROM unnest($2::text[]) AS wanted(number) CROSS JOIN LATERAL (
       (SELECT order_id FROM orders
        WHERE workspace = $1 AND generation = ${currentGeneration} AND business_key = wanted.number
        LIMIT ${orders_per_number_max + 1})
       UNION
       SELECT order_id FROM orders
       WHERE workspace = $1 AND generation = ${currentGeneration} AND order_id = wanted.number) found`,
    keys.workspace,
    [...new Set(numbers)],
  );
  const found = new Map<string, string[]>();
  for (const { number, order_id } of rows) found.set(number, [...(found.get(number) ?? []), order_id]);
  return found;
}

/** Who could be searched by: people by name, then the parts of the system. */
export async function logActors(actor: AuthorizedActor, store: Store): Promise<Nameable[]> {
  demandReader(actor, store.keys.workspace, "auditLog");
  return [
    ...(await everybody(store, people_max)),
    ...systemParts.map((id) => ({
      id,
      name: `${actorWords({ type: "system", id }, String).name} (${id})`,
    })),
  ];
}
