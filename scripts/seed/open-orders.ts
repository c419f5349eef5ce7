/**
 * Fills a workspace with open orders, as rows without a log: for measuring how lists behave, and for nothing else. The rows
 * have the shape the engine gives them, but no event says what they say: no order page opens, no command is taken on them,
 * and `npm run rebuild` clears them away, because opinions without a log are not even opinions.
 */
import type { Client } from "pg";
import { withClient } from "../embedded-postgres";

export type SeedOptions = {
  /** The owner of the tables: nobody else may write opinions past append(). */
  ownerUrl: string;
  /** Made when it is not there. */
  workspace: string;
  orders: number;
  /** ISO instant that all others are counted from. */
  now: string;
  report?: (line: string) => void;
};

/** Whom the seeder lets ask for orders and decide them, among others. One asks for a tenth of all orders and is a reviewer too. */
export const seeded = {
  greatRequester: "seed-requester-1",
  requester: "seed-requester-2",
  reviewer: "seed-reviewer-1",
  supervisor: "seed-supervisor-1",
} as const;

/** The workspace has events, or orders: rows without a log must not stand among others. */
export class NotEmptyError extends Error {}

/**
 * Writes `orders` open orders with their tasks, timers and effects in one transaction, and has the statistics made anew.
 * Throws `NotEmptyError` and writes nothing where the workspace has events or orders.
 */
export async function seedOpenOrders({ ownerUrl, workspace, orders, now, report }: SeedOptions) {
  await withClient(ownerUrl, async (client) => {
    await client.query("BEGIN");
    await demandEmpty(client, workspace);
    await client.query(people, [workspace]);
    for (const [table, statement] of Object.entries(rows)) {
      const { rowCount } = await client.query(statement, [workspace, orders, now]);
      report?.(`${table}: ${rowCount} rows`);
    }
    await client.query("COMMIT");
    await client.query(`VACUUM (ANALYZE) ${["person", ...Object.keys(rows)].join(", ")}`);
  });
}

async function demandEmpty(client: Client, workspace: string): Promise<void> {
  await client.query("INSERT INTO workspace_head (workspace) VALUES ($1) ON CONFLICT DO NOTHING", [
    workspace,
  ]);
  // Locked, so that nobody appends to it while it is filled.
  const { rows: found } = await client.query(
    `SELECT EXISTS (SELECT FROM event e WHERE e.workspace = h.workspace) AS events,
       EXISTS (SELECT FROM orders o WHERE o.workspace = h.workspace) AS orders
     FROM workspace_head h WHERE h.workspace = $1 FOR UPDATE`,
    [workspace],
  );
  const has = found[0]?.events ? "events" : found[0]?.orders ? "orders" : undefined;
  if (has)
    throw new NotEmptyError(
      `The workspace ${workspace} has ${has}. Only an empty one is filled: what is seeded has no log.`,
    );
}

const people = `
  INSERT INTO person (workspace, generation, person_id, roles, disabled, version)
  SELECT $1, h.generation, 'seed-' || role || '-' || n,
    CASE WHEN role = 'requester' AND n = 1 THEN '{requester,reviewer}' ELSE ARRAY[role] END, false, 1
  FROM workspace_head h, (VALUES ('requester', 500), ('reviewer', 50), ('supervisor', 5), ('auditor', 1)) AS cast_of(role, count),
    generate_series(1, count) n
  WHERE h.workspace = $1`;

/**
 * What each order is, as a share of a thousand. Those in review wait for thirty to sixty days yet, so that no scheduler
 * that comes by finds them all due; what was escalated is older. Two in a hundred were, of few orders more, so that they fill a page. What waits for a machine is not more than a machine leaves
 * waiting: it is among the newest thousand alone.
 */
const seededOrder = `
  SELECT n, h.generation, md5($1 || '/' || n)::uuid::text AS order_id, kind, requester,
    CASE WHEN kind LIKE 'escalated%' THEN received_at - interval '61 days' ELSE received_at END AS received_at
  FROM workspace_head h, generate_series(1, $2::bigint) n,
    LATERAL (SELECT n * 7919 % 1000 AS share,
      $3::timestamptz - ($2 - n) * (interval '30 days' / $2::float8) AS received_at,
      'seed-requester-' || CASE WHEN n % 10 = 0 THEN 1 WHEN n % 16 = 1 THEN 2 ELSE n * 31 % 498 + 3 END AS requester) a,
    LATERAL (SELECT CASE
      WHEN share < 2 THEN 'escalatedSentBack'
      WHEN share < greatest(22, 70000 / $2) THEN 'escalated'
      WHEN share < 130 THEN 'sentBack'
      WHEN share < 140 THEN 'onHold'
      WHEN share < 240 THEN 'claimed'
      WHEN share < 290 THEN 'inProgress'
      WHEN share < 300 THEN 'forwarded'
      WHEN share < 301 THEN 'forwardedToAdmin'
      WHEN share < 790 THEN 'ready'
      WHEN share < 820 THEN 'failed'
      WHEN share < 845 THEN 'inDoubt'
      WHEN share < 860 THEN 'contradicted'
      WHEN share < 960 OR n <= $2 - 1000 THEN 'pending'
      WHEN share < 962 THEN 'settling'
      WHEN share < 982 THEN 'intended'
      WHEN share < 992 THEN 'attempted'
      ELSE 'probing' END AS kind) b
  WHERE h.workspace = $1`;

const atEffect = "('pending', 'intended', 'attempted', 'failed', 'inDoubt', 'probing', 'contradicted')";

/** By table, in the order they are written; each takes the workspace, how many, and now. */
const rows: { [table: string]: string } = {
  orders: `
    INSERT INTO orders (workspace, generation, order_id, workflow, status, at_steps, source, business_key, requested_by,
      customer_index, amount_minor, currency, country, ordered_on, received_at, occurred_at, reasons, changes_requested,
      needs_attention, version)
    SELECT $1, generation, order_id, 'order-fulfilment@1', 'open',
      CASE WHEN kind IN ('pending', 'contradicted') THEN '{pod.capture}'
        WHEN kind IN ${atEffect} THEN '{dispatch.execute}' ELSE '{manual.review}' END::text[],
      'seed', 'S-' || lpad(n::text, 8, '0'), requester, md5('customer ' || n * 17 % greatest($2::bigint / 20, 1)),
      100000 + n * 37 % 900000, 'GBP', 'GB', received_at::date, received_at, received_at,
      CASE n % 3 WHEN 0 THEN '{limit@1,firstTimeCustomer@1}' ELSE '{limit@1}' END::text[],
      kind IN ('sentBack', 'escalatedSentBack'),
      CASE kind WHEN 'failed' THEN 'carrier.dispatch failed: No such address.'
        WHEN 'inDoubt' THEN 'carrier.dispatch is in doubt: No answer came.'
        WHEN 'contradicted' THEN 'carrier.proofOfDelivery was contradicted' END,
      5
    FROM (${seededOrder}) seeded`,
  task: `
    INSERT INTO task (workspace, generation, order_id, step, visit, state, owner, roles, people, excluded, opened_at,
      goal_minutes, breach_at, breached_at, paused_why, escalated)
    SELECT $1, generation, order_id, 'manual.review', 1, state,
      CASE WHEN state IN ('RESERVED', 'IN_PROGRESS', 'COMPLETED') THEN 'seed-reviewer-' || n * 13 % 50 + 1 END,
      CASE WHEN escalated THEN '{reviewer,supervisor}' WHEN kind = 'forwarded' THEN '{supervisor}'
        WHEN kind = 'forwardedToAdmin' THEN '{admin}' ELSE '{reviewer}' END::text[],
      '{}', ARRAY[requester], received_at, 86400, breach_at,
      CASE WHEN escalated THEN received_at + interval '60 days' END,
      CASE WHEN kind IN ('sentBack', 'escalatedSentBack') THEN 'changes' WHEN kind = 'onHold' THEN 'supervisor' END,
      escalated
    FROM (${seededOrder}) seeded,
      LATERAL (SELECT kind LIKE 'escalated%' AS escalated,
        CASE WHEN kind IN ('sentBack', 'escalatedSentBack', 'onHold') THEN 'SUSPENDED' WHEN kind = 'claimed' THEN 'RESERVED'
          WHEN kind = 'inProgress' THEN 'IN_PROGRESS' WHEN kind = 'settling' THEN 'COMPLETED' ELSE 'READY' END AS state) a,
      LATERAL (SELECT CASE WHEN state NOT IN ('SUSPENDED', 'COMPLETED')
        THEN received_at + interval '60 days' END AS breach_at) b
    WHERE kind NOT IN ${atEffect}`,
  timer: `
    INSERT INTO timer (workspace, generation, timer_id, order_id, kind, step, visit, ordinal, due_at)
    SELECT $1, generation, what || '/' || order_id || '/manual.review#1', order_id, what, 'manual.review', 1, 1,
      CASE what WHEN 'settle' THEN $3::timestamptz ELSE received_at + interval '60 days' END
    FROM (${seededOrder}) seeded,
      LATERAL (SELECT CASE kind WHEN 'settling' THEN 'settle' ELSE 'breach' END AS what) a
    WHERE kind IN ('ready', 'claimed', 'inProgress', 'forwarded', 'forwardedToAdmin', 'settling')`,
  effect: `
    INSERT INTO effect (workspace, generation, effect_key, order_id, step, visit, name, issue, state, attempt, reason,
      changed_at, due_kind, due_ordinal, due_at)
    SELECT $1, generation, translate(rtrim(encode(sha256(order_id::bytea), 'base64'), '='), '+/', '-_'), order_id,
      CASE kind WHEN 'pending' THEN 'pod.capture' ELSE 'dispatch.execute' END, 1,
      CASE kind WHEN 'pending' THEN 'carrier.proofOfDelivery' ELSE 'carrier.dispatch' END, 1,
      CASE WHEN kind IN ('inDoubt', 'probing') THEN 'IN_DOUBT' ELSE upper(kind) END,
      CASE kind WHEN 'intended' THEN 0 ELSE 1 END,
      CASE WHEN kind IN ('failed', 'inDoubt', 'probing') THEN 'No answer came.' END, received_at,
      due_kind, CASE WHEN due_kind IS NOT NULL THEN 1 END,
      CASE WHEN due_kind IS NOT NULL THEN received_at + interval '60 days' END
    FROM (${seededOrder}) seeded,
      LATERAL (SELECT CASE kind WHEN 'intended' THEN 'attempt' WHEN 'attempted' THEN 'expire' WHEN 'probing' THEN 'probe'
        END AS due_kind) a
    WHERE kind IN ${atEffect} AND kind <> 'contradicted'`,
};
