-- A claim is a lease: begun by the scheduler when it finds the claim, moved on by whoever is at the task, and given back by an
-- event once it has run out.
CREATE TABLE claim_lease (
  workspace text NOT NULL,
  order_id text NOT NULL,
  step text NOT NULL,
  visit integer NOT NULL,
  person text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace, order_id, step, visit)
);
CREATE INDEX claim_lease_by_expiry ON claim_lease (workspace, expires_at);
COMMENT ON TABLE claim_lease IS 'class: operational. Never backed up; a claim without a row begins its lease anew.';

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
