import type { BusinessCalendar } from "#lib/domain/calendar";
import type { Command } from "#lib/domain/commands";
import type { OrderState } from "#lib/domain/order";
import type { PersonState } from "#lib/domain/person";
import type { CustomerHistory } from "#lib/domain/policy";
import type { CalendarState, PolicyState } from "#lib/domain/settings";
import type { WorkflowDefinition } from "#lib/domain/workflow";
import { nothingStopped, type Stopped, type WorkspaceState } from "#lib/domain/workspace";
import type { Database } from "../db";
import { type Held, latestOf, type Streams } from "./streams";

/**
 * Which streams permit a command, and what the customer's history says.
 *
 * The first kind is held in memory like any state and guarded by version in append(). The second is one query for the
 * whole batch, completed with what the same batch decided before.
 */
export function permittingStreams(
  command: Command,
  {
    person,
    definition,
    workspace,
  }: { person: string | undefined; definition: WorkflowDefinition | null; workspace: string },
) {
  const streams = new Set<string>();
  // Whether orders come in and effects go out is the workspace's own switch.
  if (command.type === "order.receive" || "order" in command) streams.add(`workspace/${workspace}`);
  if (person) streams.add(`person/${person}`);
  if (command.type === "order.receive") streams.add(`person/${command.requestedBy}`);
  if (command.type === "task.delegate") streams.add(`person/${command.to}`);
  if (definition && (command.type === "order.receive" || command.type === "order.amend")) {
    streams.add(`policy/${definition.name}`);
    for (const step of Object.values(definition.steps))
      if (step.kind === "task") streams.add(`calendar/${step.sla.calendar}`);
  }
  return streams;
}

const otherAdmins_max = 8;

/**
 * For who takes the right of an admin from themselves: the streams of other admins. They permit it, so two who do so at once
 * can't both be the one before the last. Who acts on somebody else stays an admin, whose stream is among the others.
 */
export async function otherAdmins(
  database: Database,
  workspace: string,
  command: Command,
  person: string | undefined,
): Promise<string[]> {
  const gives =
    command.type === "person.disable" || (command.type === "person.revoke" && command.role === "admin");
  if (!gives || command.person !== person) return [];
  const rows = await database.$queryRawUnsafe<{ person_id: string }[]>(
    `SELECT person_id FROM person
     WHERE workspace = $1 AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
       AND NOT disabled AND roles @> '{admin}' AND person_id <> $2
     ORDER BY person_id LIMIT ${otherAdmins_max}`,
    workspace,
    person,
  );
  return rows.map(({ person_id }) => `person/${person_id}`);
}

export function isActingAdmin(held: Held): boolean {
  const fact = held.stream.startsWith("person/") ? personFact(held) : null;
  return fact !== null && !fact.disabled && fact.grants.some(({ role }) => role === "admin");
}

/** Calendars an order has pinned: read, but not guarded, because a pinned version never changes. */
export function pinnedStreams(state: OrderState | null): Set<string> {
  return new Set(Object.values(state?.tasks ?? {}).map(({ clock }) => streamOfReference(clock.calendar)));
}

export function personFact(held: Held | undefined) {
  const state = held && (latestOf(held).state as PersonState | null);
  return state ? { disabled: state.disabled, grants: state.grants } : null;
}

/** Whether the person's API key was revoked, whatever the sign-in still believes. */
export function isRevoked(held: Held | undefined, apiKey: string): boolean {
  const state = held && (latestOf(held).state as PersonState | null);
  return state?.apiKeys[apiKey]?.revoked === true;
}

export function stoppedFact(held: Held | undefined): Stopped {
  const state = held && (latestOf(held).state as WorkspaceState | null);
  return state?.stopped ?? nothingStopped;
}

export function policyFact(held: Held | undefined): {
  parameters: PolicyState["parameters"];
  reference: string;
} {
  const state = held && (latestOf(held).state as PolicyState | null);
  if (!held || !state)
    throw new Error("this workflow has no published policy; the engine publishes one when it starts");
  return { parameters: state.parameters, reference: `${held.stream}@${state.version}` };
}

export function calendarFact(
  peek: Streams["peek"],
  nameOrReference: string,
): { calendar: BusinessCalendar; reference: string } {
  const pinned = nameOrReference.includes("@");
  const stream = pinned ? streamOfReference(nameOrReference) : `calendar/${nameOrReference}`;
  const held = peek(stream);
  const state = held && (latestOf(held).state as CalendarState | null);
  const version = pinned
    ? Number(nameOrReference.slice(nameOrReference.lastIndexOf("@") + 1))
    : state?.version;
  const calendar = version === undefined ? undefined : state?.versions[version];
  if (!calendar) throw new Error(`no calendar ${nameOrReference} is published`);
  return { calendar, reference: `${stream}@${version}` };
}

function streamOfReference(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("@"));
}

export type HistoryQuestion = {
  order: string;
  customerIndex: string;
  amount: number;
  currency: string;
  orderedOn: string | undefined;
  at: string;
  within_hours: number;
};

type EarlierOrder = {
  order: string;
  businessKey: string;
  customerIndex: string;
  amount: number;
  currency: string;
  orderedOn: string | null;
  at: string;
};

/**
 * The customers' orders the log has, as of its last position, for a batch of questions, and those this process has decided
 * and not yet seen written.
 */
export class CustomerHistories {
  readonly #underWay = new Map<string, EarlierOrder>();
  readonly #open = new Set<CustomerOrders>();

  constructor(
    readonly database: Database,
    readonly workspace: string,
  ) {}

  /** To be closed when the batch it was loaded for is decided. */
  async load(customerIndexes: readonly string[]): Promise<CustomerOrders> {
    // From here on nothing may fall between what the query saw and what is under way: another batch may be written and
    // forgotten before this one is decided.
    const orders = new CustomerOrders(this.#underWay);
    this.#open.add(orders);
    try {
      orders.read(await this.#written(customerIndexes));
      return orders;
    } catch (error) {
      this.#open.delete(orders);
      throw error;
    }
  }

  close(orders: CustomerOrders): void {
    this.#open.delete(orders);
  }

  async #written(customerIndexes: readonly string[]): Promise<{ orders: EarlierOrder[]; asOf: number }> {
    const rows = await this.database.$queryRawUnsafe<
      {
        as_of: bigint;
        order_id: string | null;
        business_key: string;
        customer_index: string;
        amount_minor: bigint;
        currency: string;
        ordered_on: string | null;
        occurred_at: Date;
      }[]
    >(
      `SELECT h.next_pos AS as_of, o.order_id, o.business_key, o.customer_index, o.amount_minor, o.currency,
         o.ordered_on::text, o.occurred_at
       FROM workspace_head h
       LEFT JOIN orders o ON o.workspace = h.workspace AND o.generation = h.generation
         AND o.customer_index = ANY ($2::text[])
       WHERE h.workspace = $1`,
      this.workspace,
      [...new Set(customerIndexes)],
    );
    const written = rows
      .filter(({ order_id }) => order_id !== null)
      .map((row) => ({
        order: row.order_id!,
        businessKey: row.business_key,
        customerIndex: row.customer_index,
        amount: Number(row.amount_minor),
        currency: row.currency,
        orderedOn: row.ordered_on,
        at: row.occurred_at.toISOString(),
      }));
    return { orders: written, asOf: Number(rows[0]?.as_of ?? 0) };
  }

  /** Counts an order just decided among the earlier ones of those decided after it, until its batch is over. */
  add(businessKey: string, question: HistoryQuestion): void {
    const order = { ...question, businessKey, orderedOn: question.orderedOn ?? null };
    this.#underWay.set(question.order, order);
    for (const open of this.#open) open.keep(order);
  }

  forget(stream: string): void {
    this.#underWay.delete(stream.slice("order/".length));
  }
}

export class CustomerOrders {
  readonly #byCustomer = new Map<string, Map<string, EarlierOrder>>();
  #asOf = 0;

  constructor(underWay: ReadonlyMap<string, EarlierOrder>) {
    for (const order of underWay.values()) this.keep(order);
  }

  keep(order: EarlierOrder): void {
    const known = this.#byCustomer.get(order.customerIndex);
    if (known) known.set(order.order, order);
    else this.#byCustomer.set(order.customerIndex, new Map([[order.order, order]]));
  }

  read({ orders, asOf }: { orders: readonly EarlierOrder[]; asOf: number }): void {
    for (const order of orders) this.keep(order);
    this.#asOf = asOf;
  }

  answer(question: HistoryQuestion): CustomerHistory {
    const others = [...(this.#byCustomer.get(question.customerIndex)?.values() ?? [])].filter(
      ({ order }) => order !== question.order,
    );
    const duplicate = others.find((other) => looksAlike(question, other));
    return {
      earlierOrders: others.filter(({ at }) => at <= question.at).length,
      duplicate: duplicate && { order: duplicate.order, businessKey: duplicate.businessKey },
      asOf: this.#asOf,
    };
  }
}

const day_ms = 86_400_000;

function looksAlike(question: HistoryQuestion, other: EarlierOrder): boolean {
  if (question.amount !== other.amount || question.currency !== other.currency) return false;
  if (question.orderedOn && other.orderedOn)
    return Math.abs(Date.parse(question.orderedOn) - Date.parse(other.orderedOn)) <= day_ms;
  return Math.abs(Date.parse(question.at) - Date.parse(other.at)) <= question.within_hours * 3_600_000;
}
