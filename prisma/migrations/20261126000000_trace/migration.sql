-- The trace an order's spans are sent under, so that a report and a trace find each other: the order's id without its
-- dashes. Worked out when it is read, never stored: it costs an append nothing and cannot disagree with the stream.
ALTER TABLE event ADD trace text
  GENERATED ALWAYS AS (CASE WHEN stream LIKE 'order/%' THEN replace(substr(stream, 7), '-', '') END) VIRTUAL;

CREATE OR REPLACE VIEW event_view AS
SELECT workspace, pos, stream, version, stream || '@' || version AS id, type, actor, occurred_at, recorded_at,
  encode(leaf, 'hex') AS leaf, convert_from(body, 'UTF8')::jsonb AS body, trace
FROM event;
