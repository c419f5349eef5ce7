-- Run once per cluster by an administrator (the embedded server does it by itself). Four roles, so that append-only
-- is a matter of grants: the owner migrates, the appender alone may insert into the log and nobody can log in as it,
-- the app may execute append() and read, the reporter may read event_view.
-- Passwords are set by whoever runs this: ALTER ROLE holdpoint_owner PASSWORD '…'; ALTER ROLE holdpoint_app PASSWORD '…';
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'holdpoint_owner') THEN CREATE ROLE holdpoint_owner LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'holdpoint_app') THEN CREATE ROLE holdpoint_app LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'holdpoint_append') THEN CREATE ROLE holdpoint_append NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'holdpoint_report') THEN CREATE ROLE holdpoint_report NOLOGIN; END IF;
END
$$;
GRANT holdpoint_append TO holdpoint_owner;
-- Then: CREATE DATABASE holdpoint OWNER holdpoint_owner;
