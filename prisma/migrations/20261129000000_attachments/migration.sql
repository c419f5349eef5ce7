-- Files that belong to orders, encrypted under the order's key and named by the hash that stands in the log. Nothing changes
-- one: whoever erases an order's key makes its files unreadable with it.
CREATE TABLE attachment (
  workspace text NOT NULL,
  hash text NOT NULL,
  order_id text NOT NULL,
  kept bytea NOT NULL,
  PRIMARY KEY (workspace, hash)
);
ALTER TABLE attachment ALTER COLUMN kept SET STORAGE EXTERNAL;
COMMENT ON TABLE attachment IS 'class: operational. Back up with the log: its events name these files by their hashes.';

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
  EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON credential, session, api_key_secret, rate_limit, claim_lease TO holdpoint_app';
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
