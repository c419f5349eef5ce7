-- Indexes alone, for the cuts of the queue that are no walk along its deadlines: what somebody has claimed, and what waits
-- for others. Both are short: a task leaves them when it is decided or comes back.
CREATE INDEX task_by_owner ON task (workspace, generation, owner, breach_at, order_id)
  WHERE owner IS NOT NULL AND state IN ('READY', 'RESERVED', 'IN_PROGRESS');
CREATE INDEX task_suspended ON task (workspace, generation, breach_at, order_id) WHERE state = 'SUSPENDED';

-- A customer's latest orders are read in their order, however many there are.
DROP INDEX orders_by_customer;
CREATE INDEX orders_by_customer ON orders (workspace, generation, customer_index, received_at) WHERE customer_index IS NOT NULL;
