-- Which installation a database belongs to. A copy of it says the same; the head note, a file outside of the database, says
-- whether this is the place. Written once, by the owner; without one nothing has been noted yet.
ALTER TABLE workspace_head ADD installation text;
COMMENT ON TABLE workspace_head IS 'class: opinion. One row a workspace: the lock that orders every append. clock_tolerance_ms NULL marks a workspace whose clock is played. installation is not in the log: it is backed up with the database.';
