-- Opinions: each row belongs to one generation; readers take the generation workspace_head names, rebuild fills the next.

CREATE TABLE orders (
  workspace text NOT NULL,
  generation integer NOT NULL,
  order_id text NOT NULL,
  workflow text NOT NULL,
  status text NOT NULL,
  at_steps text[] NOT NULL,
  source text NOT NULL,
  business_key text NOT NULL,
  requested_by text NOT NULL,
  customer_index text,
  amount_minor bigint,
  currency text,
  country text,
  ordered_on date,
  received_at timestamptz(3) NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  reasons text[] NOT NULL,
  changes_requested boolean NOT NULL,
  needs_attention text,
  version integer NOT NULL,
  PRIMARY KEY (workspace, generation, order_id)
) WITH (fillfactor = 70);
CREATE INDEX orders_by_customer ON orders (workspace, generation, customer_index) WHERE customer_index IS NOT NULL;
CREATE INDEX orders_by_requester ON orders (workspace, generation, requested_by, received_at DESC, order_id);
CREATE INDEX orders_needing_attention ON orders (workspace, generation, received_at) WHERE needs_attention IS NOT NULL;
COMMENT ON TABLE orders IS 'class: opinion. One row an order.';

CREATE TABLE task (
  workspace text NOT NULL,
  generation integer NOT NULL,
  order_id text NOT NULL,
  step text NOT NULL,
  visit integer NOT NULL,
  state text NOT NULL,
  owner text,
  roles text[] NOT NULL,
  people text[] NOT NULL,
  excluded text[] NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  goal_minutes integer NOT NULL,
  breach_at timestamptz(3),
  breached_at timestamptz(3),
  paused_why text,
  escalated boolean NOT NULL,
  PRIMARY KEY (workspace, generation, order_id, step, visit)
) WITH (fillfactor = 70);
CREATE INDEX task_queue ON task (workspace, generation, breach_at, order_id) WHERE state IN ('READY', 'RESERVED', 'IN_PROGRESS');
CREATE INDEX task_escalated ON task (workspace, generation, breach_at, order_id) WHERE escalated AND state IN ('READY', 'RESERVED', 'IN_PROGRESS', 'SUSPENDED');
COMMENT ON TABLE task IS 'class: opinion. One row an open task.';

CREATE TABLE timer (
  workspace text NOT NULL,
  generation integer NOT NULL,
  timer_id text NOT NULL,
  order_id text NOT NULL,
  kind text NOT NULL,
  step text NOT NULL,
  visit integer NOT NULL,
  effect_key text,
  ordinal integer NOT NULL,
  due_at timestamptz(3) NOT NULL,
  claimed_until timestamptz(3),
  PRIMARY KEY (workspace, generation, timer_id)
) WITH (fillfactor = 70);
-- Led by the instant, so that a lookup by key never takes it for the primary key.
CREATE INDEX timer_due ON timer (due_at, workspace, generation);
COMMENT ON TABLE timer IS 'class: opinion. One row a thing that becomes due. claimed_until is a lease: a rebuild forgets it.';

CREATE TABLE effect (
  workspace text NOT NULL,
  generation integer NOT NULL,
  effect_key text NOT NULL,
  order_id text NOT NULL,
  step text NOT NULL,
  visit integer NOT NULL,
  name text NOT NULL,
  issue integer NOT NULL,
  state text NOT NULL,
  attempt integer NOT NULL,
  reason text,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace, generation, effect_key)
) WITH (fillfactor = 70);
CREATE INDEX effect_open ON effect (workspace, generation, state, changed_at) WHERE state NOT IN ('CONFIRMED', 'COMPENSATED');
COMMENT ON TABLE effect IS 'class: opinion. One row an effect of an order.';

CREATE TABLE person (
  workspace text NOT NULL,
  generation integer NOT NULL,
  person_id text NOT NULL,
  roles text[] NOT NULL,
  disabled boolean NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (workspace, generation, person_id)
);
COMMENT ON TABLE person IS 'class: opinion. One row a person; the name is encrypted and stays in the log.';

CREATE TABLE api_key (
  workspace text NOT NULL,
  generation integer NOT NULL,
  api_key_id text NOT NULL,
  person_id text NOT NULL,
  revoked boolean NOT NULL,
  PRIMARY KEY (workspace, generation, api_key_id)
);
COMMENT ON TABLE api_key IS 'class: opinion. One row an API key.';

CREATE TABLE credential (
  workspace text NOT NULL,
  person_id text NOT NULL,
  email_index text NOT NULL,
  password_hash text NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace, person_id),
  UNIQUE (workspace, email_index)
);
COMMENT ON TABLE credential IS 'class: operational. Back up; without it people set new passwords.';

CREATE TABLE session (
  session_id text PRIMARY KEY,
  workspace text NOT NULL,
  person_id text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3)
);
CREATE INDEX session_by_person ON session (workspace, person_id);
COMMENT ON TABLE session IS 'class: operational. Need not be backed up; people sign in again.';

CREATE TABLE api_key_secret (
  workspace text NOT NULL,
  api_key_id text NOT NULL,
  secret_hash text NOT NULL,
  PRIMARY KEY (workspace, api_key_id),
  UNIQUE (secret_hash)
);
COMMENT ON TABLE api_key_secret IS 'class: operational. Back up; without it clients need new keys.';

CREATE TABLE rate_limit (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);
COMMENT ON TABLE rate_limit IS 'class: operational. Never backed up.';
