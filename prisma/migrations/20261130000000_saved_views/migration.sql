-- Searches people come back to: a name for the search part of a page's address. Without an owner it is everybody's.
CREATE TABLE saved_view (
  workspace text NOT NULL,
  view_id text NOT NULL,
  surface text NOT NULL CHECK (surface IN ('queue', 'audit')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  owner text,
  query text NOT NULL CHECK (length(query) <= 1000),
  created_at timestamptz(3) NOT NULL,
  created_by text NOT NULL,
  PRIMARY KEY (workspace, view_id)
);
CREATE INDEX saved_view_by_maker ON saved_view (workspace, created_by);
CREATE INDEX saved_view_shared ON saved_view (workspace, surface) WHERE owner IS NULL;
COMMENT ON TABLE saved_view IS 'class: operational. Back up; without it people save their views anew.';

-- An order is found by the beginning of its number: bytes in their order, whatever the database's own collation. Equality is
-- answered by the same index as before.
DROP INDEX orders_by_business_key;
CREATE INDEX orders_by_business_key ON orders (workspace, generation, business_key text_pattern_ops);

-- And by the number the outside gave, the carrier's tracking number among them. No opinion row holds it, so it is read out of
-- the fact. Nothing in the expression can fail, or an append would fail with it, and it looks for bytes: a pattern would take
-- ten times as long as the rest of the row. What is longer than 200 bytes is not found; bytes beyond ASCII stand in it as
-- encode() writes them.
CREATE INDEX event_by_reference ON event (workspace, (
    split_part(encode(substring(body FROM nullif(position('"reference":"'::bytea IN body), 0) + 13 FOR 200), 'escape'), '"', 1)))
  WHERE type IN ('effectConfirmed', 'effectPending');

CREATE OR REPLACE FUNCTION holdpoint_apply_grants() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  t text;
BEGIN
  IF (SELECT count(*) FROM pg_roles WHERE rolname IN ('holdpoint_app', 'holdpoint_append', 'holdpoint_report')) < 3
    OR NOT pg_has_role(current_user, 'holdpoint_append', 'MEMBER') THEN
    RETURN 'append-only is held by the trigger alone: the roles of prisma/roles.sql are not there';
  END IF;
  EXECUTE 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, holdpoint_app, holdpoint_append, holdpoint_report';
  EXECUTE 'REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, holdpoint_app, holdpoint_report';
  EXECUTE 'GRANT USAGE ON SCHEMA public TO holdpoint_app, holdpoint_append, holdpoint_report';
  EXECUTE 'GRANT SELECT ON event, event_view, workspace_head, stream_head, command, subject_key, orders, task, timer, effect, person, api_key TO holdpoint_app';
  EXECUTE 'GRANT UPDATE (claimed_until) ON timer, effect TO holdpoint_app';
  EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON credential, session, api_key_secret, rate_limit, claim_lease, saved_view TO holdpoint_app';
  EXECUTE 'GRANT SELECT, INSERT ON attachment TO holdpoint_app';
  EXECUTE 'GRANT SELECT, INSERT ON event, command, subject_key TO holdpoint_append';
  EXECUTE 'GRANT SELECT, INSERT, UPDATE ON stream_head, orders, effect, person, api_key TO holdpoint_append';
  EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON task, timer TO holdpoint_append';
  EXECUTE 'GRANT SELECT, UPDATE ON workspace_head TO holdpoint_append';
  EXECUTE 'GRANT SELECT ON event_view TO holdpoint_report';
  EXECUTE 'GRANT EXECUTE ON FUNCTION project, holdpoint_refuse, holdpoint_refuse_body TO holdpoint_append';
  -- The new owner of a function must be able to create in its schema at the moment it is handed over.
  EXECUTE 'GRANT CREATE ON SCHEMA public TO holdpoint_append';
  EXECUTE 'ALTER FUNCTION append OWNER TO holdpoint_append';
  EXECUTE 'REVOKE CREATE ON SCHEMA public FROM holdpoint_append';
  EXECUTE 'REVOKE ALL ON FUNCTION append FROM PUBLIC';
  EXECUTE 'GRANT EXECUTE ON FUNCTION append TO holdpoint_app';
  RETURN 'append-only is held by grants and by the trigger';
END
$$;
SELECT holdpoint_apply_grants();
