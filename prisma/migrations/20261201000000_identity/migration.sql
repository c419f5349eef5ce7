-- By what somebody signed in, as the events of the session name it; null is the password kept here.
ALTER TABLE session ADD COLUMN account text;

-- Who signs in by an account elsewhere, and whose an address is, stand in the log and nowhere else: both are found there, by their
-- keyed hashes. Nothing in the expressions can fail, or an append would fail with it.
CREATE INDEX event_by_identity ON event (workspace, (substring(encode(body, 'escape') from '"identity":"([0-9a-f]{32})"')))
  WHERE type IN ('identityLinked', 'identityUnlinked');
CREATE INDEX event_by_email ON event (workspace, (substring(encode(body, 'escape') from '"emailIndex":"([0-9a-f]{32})"')))
  WHERE type = 'personAdded';
