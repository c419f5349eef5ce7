-- Which version of the code's rows a workspace has. append() takes only what a process of the same version sends: one that is
-- older would write rows the newer ones misread, one that is newer waits until `npm run rebuild` has made the rows anew.
--
-- A guard is the leaf of the event it was decided on, null where there was none. By its version alone, what one process was
-- about to write passed for what another one had written meanwhile.
--
-- A row of an effect says of which workflow it is, so that a flood of one workflow leaves its share to the others.

DROP FUNCTION append(text, integer, jsonb, jsonb, integer[], text[], integer[], text, jsonb, json[]);

-- Rows made before this migration are of version 1; a workspace that is made from now on has rows of version 2.
ALTER TABLE workspace_head ADD rows_version integer NOT NULL DEFAULT 1;
ALTER TABLE workspace_head ALTER rows_version SET DEFAULT 2;

ALTER TABLE effect ADD workflow text;
-- Empty while every effect goes on with the process that intends it: only what waits for its turn stands in it.
CREATE INDEX effect_turn ON effect (workspace, generation, name, workflow, due_at) WHERE due_kind = 'attempt';

CREATE FUNCTION append(
  p_workspace text, p_rows_version integer, p_generation integer, p_commands jsonb, p_guards jsonb, p_owners integer[], p_types text[],
  p_schemas integer[], p_bodies text, p_subject_keys jsonb, p_rows json[]
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
-- Every table here is reached by its key for a handful of rows. A plan cached while the tables were small must not turn
-- into reading them whole.
SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  head workspace_head;
  verdicts jsonb;
  won integer[];
  announced integer;
  written integer;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM holdpoint_refuse('the transaction must be READ COMMITTED, so that each statement sees what the lock waited for');
  END IF;

  SELECT * INTO head FROM workspace_head WHERE workspace = p_workspace FOR UPDATE;
  IF NOT FOUND THEN PERFORM holdpoint_refuse(format('there is no workspace %s', p_workspace)); END IF;
  IF p_rows_version <> head.rows_version OR p_generation <> head.generation THEN
    RETURN jsonb_build_object('rowsVersion', head.rows_version, 'generation', head.generation, 'commands', '[]'::jsonb);
  END IF;

  WITH moved AS MATERIALIZED (
    SELECT coalesce(array_agg(g.n), '{}') AS guards
    FROM jsonb_to_recordset(p_guards) AS g(n integer, stream text, leaf text)
    WHERE g.leaf IS DISTINCT FROM (
      SELECT encode(held.leaf, 'hex') FROM stream_head held WHERE held.workspace = p_workspace AND held.stream = g.stream
    )
  ), given AS (
    SELECT c.*, said, said #>> '{command,source}' AS source, said #>> '{command,id}' AS id, said #>> '{command,mac}' AS mac,
      lag(c.base + c.count) OVER (PARTITION BY c.stream ORDER BY c.i) AS chained_base
    FROM jsonb_to_recordset(p_commands) AS c(i integer, stream text, base integer, count integer, opening text,
      "occurredAt" text, "recordedAt" text, guards integer[]),
      -- OFFSET 0 keeps it one expression, evaluated once.
      LATERAL (SELECT c.opening::jsonb AS said OFFSET 0) parsed
  ), judged AS MATERIALIZED (
    SELECT g.*, h.version AS head_version, h.leaf AS head_leaf,
      k.mac AS known_mac, k.stream AS known_stream, k.first_version AS known_version, k.count AS known_count,
      CASE
        WHEN k.id IS NOT NULL THEN 'known'
        WHEN g.base <> coalesce(g.chained_base, h.version, 0) THEN 'conflict'
        WHEN g.guards && (SELECT guards FROM moved) THEN 'guard'
      END AS verdict
    FROM given g
    LEFT JOIN LATERAL (
      SELECT * FROM command WHERE workspace = p_workspace AND source = g.source AND id = g.id LIMIT 1
    ) k ON true
    LEFT JOIN LATERAL (SELECT * FROM stream_head WHERE workspace = p_workspace AND stream = g.stream LIMIT 1) h ON true
  ), settled AS MATERIALIZED (
    SELECT *, bool_or(verdict IS NOT NULL) OVER (PARTITION BY stream ORDER BY i) AS lost FROM judged
  ), writing AS MATERIALIZED (
    SELECT i, source, id, mac, stream, base, count, coalesce(head_version, 0) AS head_version, head_leaf,
      said #>> '{actor,id}' AS actor, "occurredAt", "recordedAt", "occurredAt"::timestamptz AS occurred_at,
      "recordedAt"::timestamptz AS recorded_at, said, convert_to(left(opening, -1) || ',"data":', 'UTF8') AS opening,
      ',"occurredAt":"' || "occurredAt" || '","prevHash":' AS before_previous,
      ',"recordedAt":"' || "recordedAt" || '","salt":"' AS after_previous,
      ',"stream":' || to_json(stream) || ',"type":"' AS before_type,
      head.next_pos - 1 + sum(count) OVER (ORDER BY i) - count - base AS pos_before
    FROM settled
    WHERE NOT lost AND CASE
      WHEN head.clock_tolerance_ms IS NOT NULL
        AND abs(extract(epoch FROM "recordedAt"::timestamptz - clock_timestamp())) * 1000 > head.clock_tolerance_ms
        THEN holdpoint_refuse(format('recordedAt %s is more than %s ms from the database clock', "recordedAt", head.clock_tolerance_ms))
      ELSE true
    END
  ), placed AS (
    SELECT w.*, l.type, l.schema, l.body, w.head_version + row_number() OVER chain AS version,
      coalesce(lag(sha256('\x00'::bytea || l.body)) OVER chain, w.head_leaf) AS previous
    FROM (
      SELECT t.i, t.type, t.schema, t.n, convert_to(t.body, 'UTF8') AS body
      FROM unnest(p_owners, p_types, p_schemas, string_to_array(p_bodies, E'\n')) WITH ORDINALITY AS t(i, type, schema, body, n)
    ) l
    JOIN writing w ON w.i = l.i
    WINDOW chain AS (PARTITION BY w.stream ORDER BY l.n)
  ), ended AS (
    SELECT *,
      convert_to(before_previous || coalesce('"' || encode(previous, 'hex') || '"', 'null') || after_previous, 'UTF8') AS before_salt,
      convert_to('","schema":' || schema || before_type || type || '","v":1,"version":' || version || ',"workspace":"' || p_workspace || '"}', 'UTF8') AS after_salt
    FROM placed
  ), inserted AS (
    INSERT INTO event (workspace, pos, stream, version, body, type, actor, occurred_at, recorded_at)
    SELECT p_workspace, pos_before + version, stream, version, body, type, actor, occurred_at, recorded_at
    FROM ended
    WHERE CASE
      WHEN version NOT BETWEEN base + 1 AND base + count
        THEN holdpoint_refuse(format('the body of %s@%s stands outside its command''s', stream, version))
      WHEN substring(body FROM 1 FOR length(opening)) = opening
        AND substring(body FROM length(body) - length(after_salt) + 1) = after_salt
        -- The salt is 32 digits.
        AND substring(body FROM length(body) - length(after_salt) - 32 - length(before_salt) + 1 FOR length(before_salt)) = before_salt
        THEN true
      ELSE holdpoint_refuse_body(stream || '@' || version, convert_from(body, 'UTF8'), said || jsonb_build_object(
        'workspace', p_workspace, 'stream', stream, 'version', version, 'prevHash', encode(previous, 'hex'), 'type', type,
        'schema', schema, 'occurredAt', "occurredAt", 'recordedAt', "recordedAt", 'v', 1))
    END
    RETURNING stream, version, leaf
  ), heads AS (
    INSERT INTO stream_head AS s (workspace, stream, version, leaf)
    SELECT DISTINCT ON (stream) p_workspace, stream, version, leaf FROM inserted ORDER BY stream, version DESC
    ON CONFLICT (workspace, stream) DO UPDATE SET version = excluded.version, leaf = excluded.leaf
  ), commands AS (
    INSERT INTO command (workspace, source, id, mac, stream, first_version, count)
    SELECT p_workspace, source, id, mac, stream, base + 1, count FROM writing
  )
  SELECT coalesce(array_agg(i) FILTER (WHERE NOT lost), '{}'), coalesce(sum(count) FILTER (WHERE NOT lost), 0),
    coalesce(jsonb_agg(jsonb_build_object('i', i, 'verdict', coalesce(verdict, 'behind'), 'mac', known_mac,
      'stream', known_stream, 'firstVersion', known_version, 'count', known_count)) FILTER (WHERE lost), '[]'),
    (SELECT count(*) FROM inserted)
  INTO won, announced, verdicts, written FROM settled;

  IF written <> announced THEN
    PERFORM holdpoint_refuse('a command does not have the number of bodies it announces');
  END IF;
  IF written > 0 THEN
    IF p_subject_keys IS NOT NULL THEN
      INSERT INTO subject_key (workspace, subject, wrapped)
      SELECT p_workspace, k.subject, decode(k.wrapped, 'base64')
      FROM jsonb_to_recordset(p_subject_keys) AS k(i integer, subject text, wrapped text) WHERE k.i = ANY (won);
    END IF;
    PERFORM project(p_workspace, head.generation, won, p_rows);
    UPDATE workspace_head SET next_pos = next_pos + written WHERE workspace = p_workspace;
    PERFORM pg_notify('holdpoint', p_workspace || ' ' || (head.next_pos + written));
  END IF;
  RETURN jsonb_build_object('rowsVersion', head.rows_version, 'generation', head.generation, 'firstPos', head.next_pos, 'commands', verdicts);
END
$$;

-- Writes the rows the won commands changed: the last command of the batch to name a row decides what it is.
-- rows: one list each for orders, task, timer, effect, person and api_key, null where nothing changed; in it
-- {i, column…}, or {i, gone: true, key…} for a row that is no more. They are read once, so json serves better than jsonb.
CREATE OR REPLACE FUNCTION project(p_workspace text, p_generation integer, p_won integer[], p_rows json[])
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  gone_orders text[];
  gone_keys text[];
BEGIN
  IF p_rows[1] IS NOT NULL THEN
    WITH change AS (
      SELECT DISTINCT ON (order_id) * FROM json_to_recordset(p_rows[1]) AS r(i integer, gone boolean, order_id text, workflow text, status text, at_steps text[], source text, business_key text, requested_by text, customer_index text, amount_minor bigint, currency text, country text, ordered_on date, received_at timestamptz, occurred_at timestamptz, reasons text[], changes_requested boolean, needs_attention text, version integer)
      WHERE i = ANY (p_won) ORDER BY order_id, i DESC
    )
    INSERT INTO orders (workspace, generation, order_id, workflow, status, at_steps, source, business_key, requested_by, customer_index, amount_minor, currency, country, ordered_on, received_at, occurred_at, reasons, changes_requested, needs_attention, version)
    SELECT p_workspace, p_generation, order_id, workflow, status, at_steps, source, business_key, requested_by, customer_index, amount_minor, currency, country, ordered_on, received_at, occurred_at, reasons, changes_requested, needs_attention, version FROM change WHERE gone IS NULL
    ON CONFLICT (workspace, generation, order_id) DO UPDATE SET status = excluded.status, at_steps = excluded.at_steps, customer_index = excluded.customer_index, amount_minor = excluded.amount_minor, currency = excluded.currency, country = excluded.country, ordered_on = excluded.ordered_on, reasons = excluded.reasons, changes_requested = excluded.changes_requested, needs_attention = excluded.needs_attention, version = excluded.version;
  END IF;
  IF p_rows[2] IS NOT NULL THEN
    -- Lists of keys, never a join: with statistics of a fresh table the planner would read the workspace's rows for each.
    SELECT array_agg(order_id), array_agg(order_id || '/' || step || '/' || visit) INTO gone_orders, gone_keys FROM (
      SELECT DISTINCT ON (order_id, step, visit) * FROM json_to_recordset(p_rows[2]) AS r(i integer, gone boolean, order_id text, step text, visit integer)
      WHERE i = ANY (p_won) ORDER BY order_id, step, visit, i DESC
    ) last WHERE gone;
    IF gone_keys IS NOT NULL THEN
      DELETE FROM task WHERE workspace = p_workspace AND generation = p_generation AND order_id = ANY (gone_orders)
        AND order_id || '/' || step || '/' || visit = ANY (gone_keys);
    END IF;
    WITH change AS (
      SELECT DISTINCT ON (order_id, step, visit) * FROM json_to_recordset(p_rows[2]) AS r(i integer, gone boolean, order_id text, step text, visit integer, state text, owner text, roles text[], people text[], excluded text[], opened_at timestamptz, goal_minutes integer, breach_at timestamptz, breached_at timestamptz, paused_why text, escalated boolean)
      WHERE i = ANY (p_won) ORDER BY order_id, step, visit, i DESC
    )
    INSERT INTO task (workspace, generation, order_id, step, visit, state, owner, roles, people, excluded, opened_at, goal_minutes, breach_at, breached_at, paused_why, escalated)
    SELECT p_workspace, p_generation, order_id, step, visit, state, owner, roles, people, excluded, opened_at, goal_minutes, breach_at, breached_at, paused_why, escalated FROM change WHERE gone IS NULL
    ON CONFLICT (workspace, generation, order_id, step, visit) DO UPDATE SET state = excluded.state, owner = excluded.owner, roles = excluded.roles, people = excluded.people, excluded = excluded.excluded, goal_minutes = excluded.goal_minutes, breach_at = excluded.breach_at, breached_at = excluded.breached_at, paused_why = excluded.paused_why, escalated = excluded.escalated;
  END IF;
  IF p_rows[3] IS NOT NULL THEN
    SELECT array_agg(timer_id) INTO gone_keys FROM (
      SELECT DISTINCT ON (timer_id) * FROM json_to_recordset(p_rows[3]) AS r(i integer, gone boolean, timer_id text)
      WHERE i = ANY (p_won) ORDER BY timer_id, i DESC
    ) last WHERE gone;
    IF gone_keys IS NOT NULL THEN
      DELETE FROM timer WHERE workspace = p_workspace AND generation = p_generation AND timer_id = ANY (gone_keys);
    END IF;
    WITH change AS (
      SELECT DISTINCT ON (timer_id) * FROM json_to_recordset(p_rows[3]) AS r(i integer, gone boolean, timer_id text, order_id text, kind text, step text, visit integer, ordinal integer, due_at timestamptz)
      WHERE i = ANY (p_won) ORDER BY timer_id, i DESC
    )
    INSERT INTO timer (workspace, generation, timer_id, order_id, kind, step, visit, ordinal, due_at)
    SELECT p_workspace, p_generation, timer_id, order_id, kind, step, visit, ordinal, due_at FROM change WHERE gone IS NULL
    ON CONFLICT (workspace, generation, timer_id) DO UPDATE SET ordinal = excluded.ordinal, due_at = excluded.due_at, claimed_until = NULL;
  END IF;
  IF p_rows[4] IS NOT NULL THEN
    WITH change AS (
      SELECT DISTINCT ON (effect_key) * FROM json_to_recordset(p_rows[4]) AS r(i integer, gone boolean, effect_key text, order_id text, workflow text, step text, visit integer, name text, issue integer, state text, attempt integer, reason text, changed_at timestamptz, due_kind text, due_ordinal integer, due_at timestamptz)
      WHERE i = ANY (p_won) ORDER BY effect_key, i DESC
    )
    INSERT INTO effect (workspace, generation, effect_key, order_id, workflow, step, visit, name, issue, state, attempt, reason, changed_at, due_kind, due_ordinal, due_at)
    SELECT p_workspace, p_generation, effect_key, order_id, workflow, step, visit, name, issue, state, attempt, reason, changed_at, due_kind, due_ordinal, due_at FROM change WHERE gone IS NULL
    ON CONFLICT (workspace, generation, effect_key) DO UPDATE SET state = excluded.state, attempt = excluded.attempt, reason = excluded.reason, changed_at = excluded.changed_at, due_kind = excluded.due_kind, due_ordinal = excluded.due_ordinal, due_at = excluded.due_at, claimed_until = NULL;
  END IF;
  IF p_rows[5] IS NOT NULL THEN
    WITH change AS (
      SELECT DISTINCT ON (person_id) * FROM json_to_recordset(p_rows[5]) AS r(i integer, gone boolean, person_id text, roles text[], disabled boolean, version integer)
      WHERE i = ANY (p_won) ORDER BY person_id, i DESC
    )
    INSERT INTO person (workspace, generation, person_id, roles, disabled, version)
    SELECT p_workspace, p_generation, person_id, roles, disabled, version FROM change WHERE gone IS NULL
    ON CONFLICT (workspace, generation, person_id) DO UPDATE SET roles = excluded.roles, disabled = excluded.disabled, version = excluded.version;
  END IF;
  IF p_rows[6] IS NOT NULL THEN
    WITH change AS (
      SELECT DISTINCT ON (api_key_id) * FROM json_to_recordset(p_rows[6]) AS r(i integer, gone boolean, api_key_id text, person_id text, revoked boolean)
      WHERE i = ANY (p_won) ORDER BY api_key_id, i DESC
    )
    INSERT INTO api_key (workspace, generation, api_key_id, person_id, revoked)
    SELECT p_workspace, p_generation, api_key_id, person_id, revoked FROM change WHERE gone IS NULL
    ON CONFLICT (workspace, generation, api_key_id) DO UPDATE SET revoked = excluded.revoked;
  END IF;
END
$$;

SELECT holdpoint_apply_grants();
