-- The log and what append() keeps beside it. Table classes stand in each table's comment: log, opinion (dropped and
-- rebuilt from the log) or operational (not in the log, so it needs a backup of its own).

CREATE TABLE event (
  workspace text NOT NULL,
  pos bigint NOT NULL CHECK (pos >= 0),
  stream text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  body bytea NOT NULL CHECK (length(body) <= 61440),
  leaf bytea NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || body)) STORED,
  type text NOT NULL,
  actor text NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace, pos),
  UNIQUE (workspace, stream, version)
);
ALTER TABLE event ALTER COLUMN body SET STORAGE MAIN;
COMMENT ON TABLE event IS 'class: log. Append-only. The bytes in body are the fact; the columns beside it are opinions.';

CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the event log is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER event_is_append_only_row BEFORE UPDATE OR DELETE ON event
  FOR EACH ROW EXECUTE FUNCTION event_is_append_only();
CREATE TRIGGER event_is_append_only_table BEFORE TRUNCATE ON event
  FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only();

CREATE TABLE workspace_head (
  workspace text PRIMARY KEY,
  next_pos bigint NOT NULL DEFAULT 0,
  generation integer NOT NULL DEFAULT 1,
  clock_tolerance_ms integer DEFAULT 5000
);
COMMENT ON TABLE workspace_head IS 'class: opinion. One row a workspace: the lock that orders every append. clock_tolerance_ms NULL marks a workspace whose clock is played.';

CREATE TABLE stream_head (
  workspace text NOT NULL,
  stream text NOT NULL,
  version integer NOT NULL,
  leaf bytea NOT NULL,
  PRIMARY KEY (workspace, stream)
) WITH (fillfactor = 70);
COMMENT ON TABLE stream_head IS 'class: opinion. The last version and leaf of every stream.';

CREATE TABLE command (
  workspace text NOT NULL,
  source text NOT NULL,
  id text NOT NULL,
  mac text NOT NULL,
  stream text NOT NULL,
  first_version integer NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (workspace, source, id)
);
COMMENT ON TABLE command IS 'class: opinion. Every accepted command once, with the events it gave.';

CREATE TABLE subject_key (
  workspace text NOT NULL,
  subject text NOT NULL,
  wrapped bytea NOT NULL,
  PRIMARY KEY (workspace, subject)
);
COMMENT ON TABLE subject_key IS 'class: operational. Data keys of subjects, wrapped under the workspace key. Back up with the log; deleting a row makes that subject unreadable.';

CREATE VIEW event_view AS
SELECT workspace, pos, stream, version, stream || '@' || version AS id, type, actor, occurred_at, recorded_at,
  encode(leaf, 'hex') AS leaf, convert_from(body, 'UTF8')::jsonb AS body
FROM event;
COMMENT ON VIEW event_view IS 'For reports: the log with its bodies as jsonb.';
