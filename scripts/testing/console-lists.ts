/**
 * Every list, every search and every count of the console, as its pages ask for them of a seeded workspace with findable
 * numbers, each for who may see it.
 */
import type { AuthorizedActor, Role } from "#lib/domain/authority";
import { mintActor } from "#lib/domain/authority";
import { orderFulfilment } from "#lib/domain/workflows/order-fulfilment";
import { customerIndex } from "#lib/log/keys";
import { earlierOrders } from "#lib/queries/customer-orders";
import { attentionPage, escalatedPage } from "#lib/queries/escalations";
import { findOrders, ordersNamed } from "#lib/queries/find";
import { operations } from "#lib/queries/operations";
import { orderStandings, ordersPage } from "#lib/queries/orders";
import { count_max, type Page } from "#lib/queries/page";
import { unknownOutside } from "#lib/queries/possible";
import {
  claimants,
  countCuts,
  type QueueFilter,
  queue,
  queueCounts,
  queueOf,
  queueViews,
} from "#lib/queries/queue";
import { needingChanges, requestsPage } from "#lib/queries/requests";
import { dueWithin, letThroughSince, nextDeadline, ownOrders } from "#lib/queries/start";
import type { Store } from "#lib/queries/store";
import { atRiskPage, claimedBy, loads } from "#lib/queries/supervision";
import { taskSorts } from "#lib/queries/task-sort";
import { type Waiting, waitingFor } from "#lib/queries/waiting";
import { workflowView } from "#lib/queries/workflows";
import { findable } from "../seed/findable-numbers";
import { seeded } from "../seed/open-orders";

/** Asks once; answers how many rows it was given, or how many it counted. */
export type Reading = (store: Store) => Promise<number>;

type Paged = (store: Store, cursor?: string) => Promise<Page<unknown>>;

const pages_deep = 10;

/** What the names of those lists begin with that are read further than a page, to be sorted. */
export const sortedList = "queue, sorted";

/** What the queue is narrowed by: much and nothing of what is walked has such a rule or amount; who has claimed is a range. */
const filters: { [name: string]: QueueFilter } = {
  "by rule": { reason: "firstTimeCustomer@1" },
  "by a rule no order has": { reason: "missingCustomer@1" },
  "by who has claimed": { claimedBy: "seed-reviewer-7" },
  "by amount": { amount: { currency: "GBP", from_minor: 100_000, to_minor: 1_000_000 } },
  "by an amount no order has": { amount: { currency: "EUR" } },
  "by rule and who has claimed": { reason: "firstTimeCustomer@1", claimedBy: "seed-reviewer-7" },
};

/** By name. Lists that go on are there twice: their first page, and one further down. */
export function listsOf(workspace: string, now: string): { [name: string]: Reading } {
  const actor = (person: string, ...roles: Role[]): AuthorizedActor =>
    mintActor({ workspace, type: "person", id: person, person, account: person, session: person, roles });
  const reviewer = actor(seeded.reviewer, "reviewer");
  const supervisor = actor(seeded.supervisor, "supervisor");
  const manyRoles = actor("seed-many-roles", "reviewer", "supervisor", "admin");
  const requester = actor(seeded.requester, "requester");
  const greatRequester = actor(seeded.greatRequester, "requester", "reviewer");
  const ownTenth = actor(seeded.greatRequester, "requester");
  const auditor = actor("seed-auditor-1", "auditor");

  const lists: { [name: string]: Paged } = {
    "queue, reviewer": (store, cursor) => queue(reviewer, store, now, { cursor }),
    "queue, supervisor": (store, cursor) => queue(supervisor, store, now, { cursor }),
    "queue, several roles": (store, cursor) => queue(manyRoles, store, now, { cursor }),
    "queue, reviewer who asked for a tenth": (store, cursor) => queue(greatRequester, store, now, { cursor }),
    ...Object.fromEntries(
      queueViews
        .slice(1)
        .map((view) => [
          `queue, ${view}`,
          (store: Store, cursor?: string) => queue(reviewer, store, now, { view, cursor }),
        ]),
    ),
    ...Object.fromEntries(
      Object.entries(filters).flatMap(([by, filter]) =>
        queueViews.map((view) => [
          `queue, ${view} ${by}`,
          (store: Store, cursor?: string) => queue(reviewer, store, now, { view, ...filter, cursor }),
        ]),
      ),
    ),
    ...Object.fromEntries(
      taskSorts.map((sort) => [
        `${sortedList}, ${sort} first`,
        (store: Store, cursor?: string) => queue(reviewer, store, now, { sort, cursor }),
      ]),
    ),
    "escalations, at risk": (store, cursor) => atRiskPage(supervisor, store, now, cursor),
    "escalations, claimed by one": (store, cursor) => claimedBy(supervisor, store, seeded.reviewer, cursor),
    "escalations, time was up": (store, cursor) => escalatedPage(supervisor, store, cursor),
    "escalations, needs attention": (store, cursor) =>
      attentionPage(supervisor, store, { cursor, now, outside: unknownOutside }),
    requests: (store, cursor) => requestsPage(requester, store, cursor),
    "requests, of who asked for a tenth": (store, cursor) => requestsPage(greatRequester, store, cursor),
    orders: (store, cursor) => ordersPage(auditor, store, {}, cursor),
    "orders, let through by policy": (store, cursor) =>
      ordersPage(auditor, store, { policyAlone: true }, cursor),
    ...Object.fromEntries(
      orderStandings.map((standing) => [
        `orders, ${standing}`,
        (store: Store, cursor?: string) => ordersPage(auditor, store, { standing }, cursor),
      ]),
    ),
  };
  const counts: { [name: string]: AuthorizedActor } = { reviewer, supervisor, manyRoles, requester, auditor };
  const days_ms = 10 * 86_400_000;
  const before = new Date(Date.parse(now) - days_ms).toISOString();
  return {
    ...Object.fromEntries(
      Object.entries(lists).flatMap(([name, page]) => [
        [name, async (store: Store) => (await page(store)).lines.length],
        [`${name}, further down`, furtherDown(page)],
      ]),
    ),
    "requests, to be changed": async (store) => (await needingChanges(greatRequester, store)).length,
    "queue, of some orders": async (store) => {
      const { lines } = await queue(reviewer, store, now);
      const orders = lines.map(({ order }) => order);
      return (await queueOf(reviewer, store, now, { view: "all", orders })).length;
    },
    "queue, narrowed, of some orders": async (store) => {
      const { lines } = await queue(reviewer, store, now);
      const orders = lines.map(({ order }) => order);
      const narrowed = filters["by rule"];
      return (await queueOf(reviewer, store, now, { view: "all", ...narrowed, orders })).length;
    },
    "queue, who has claimed": async (store) => (await claimants(reviewer, store)).length,
    ...Object.fromEntries(
      Object.entries(searches(workspace)).flatMap(([by, text]) => [
        [`search, ${by}`, found(reviewer, text)],
        [`search, ${by}, of who asked for a tenth`, found(ownTenth, text)],
      ]),
    ),
    "search, looked at lately": async (store) =>
      (await ordersNamed(reviewer, store, [findable.orderId(workspace)])).length,
    "orders, earlier ones of a customer": async (store) => {
      const customer = customerIndex(store.keys, findable.customerReference);
      const last = { customerIndex: customer, order: "", receivedAt: now };
      return (await earlierOrders(reviewer, store, last)).orders.length;
    },
    "orders, before a day": async (store) => (await ordersPage(auditor, store, { before })).lines.length,
    "orders, of a number": async (store) =>
      (await ordersPage(auditor, store, { businessKey: "S-00000500" })).lines.length,
    ...Object.fromEntries(
      Object.entries(counts).map(([who, asking]) => [
        `counts, ${who}`,
        async (store: Store) => countedOf(await waitingFor(asking, store)),
      ]),
    ),
    "counts, cuts of the queue": async (store) => {
      const cuts = await queueCounts(reviewer, store, now);
      return Object.values(cuts).reduce((sum, { count }) => sum + count, 0);
    },
    ...Object.fromEntries(
      Object.entries(filters).map(([by, filter]) => [
        `counts, cuts of the queue ${by}`,
        async (store: Store) => {
          const cuts = queueViews.map((view) => ({ view, ...filter }));
          return (await countCuts(reviewer, store, now, cuts)).reduce((sum, { count }) => sum + count, 0);
        },
      ]),
    ),
    "counts, steps of a workflow": async (store) => {
      const steps = (await workflowView(auditor, store, orderFulfilment.name))?.steps ?? [];
      return steps.reduce((sum, { now: at }) => sum + (at?.count ?? 0), 0);
    },
    "counts, due within the hour": async (store) => (await dueWithin(supervisor, store, now, 60)).count,
    "counts, own orders": async (store) => (await ownOrders(greatRequester, store)).open.count,
    "counts, let through by policy": async (store) => (await letThroughSince(auditor, store, before)).count,
    "counts, next deadline": async (store) => (await nextDeadline(manyRoles, store, now))?.length ?? 0,
    "counts, claimed by everybody": async (store) =>
      (await loads(supervisor, store, now)).people.reduce((sum, { claimed }) => sum + claimed, 0),
    "counts, operations": async (store) => {
      const { depths } = await operations(supervisor, store, { now, backlog_max: count_max });
      return Object.values(depths).reduce((sum, { count }) => sum + count, 0);
    },
  };
}

/** What is typed into the search, by what it means there. */
function searches(workspace: string): { [by: string]: string } {
  return {
    "order number": findable.orderNumber,
    "order number's beginning": findable.orderNumber.slice(0, -2),
    "beginning that all have": findable.orderNumber.slice(0, 2),
    "tracking number": findable.trackingNumber,
    "customer reference": findable.customerReference,
    "order id": findable.orderId(workspace),
    "what nothing is called": "nothing is called this",
  };
}

function found(actor: AuthorizedActor, text: string): Reading {
  return async (store) =>
    (await findOrders(actor, store, text)).reduce((sum, { orders }) => sum + orders.length, 0);
}

function countedOf({ decidable, escalated }: Waiting): number {
  return (decidable?.count ?? 0) + (escalated?.count ?? 0);
}

/** The page `pages_deep` further down, or the last one: found once for each store, then asked for alone. */
function furtherDown(page: Paged): Reading {
  const cursors = new WeakMap<object, string | undefined>();
  return async (store) => {
    if (!cursors.has(store.database)) {
      let cursor: string | undefined;
      for (let n = 0; n < pages_deep; n++) cursor = (await page(store, cursor)).next ?? cursor;
      cursors.set(store.database, cursor);
    }
    return (await page(store, cursors.get(store.database))).lines.length;
  };
}
