-- Indexes alone: every list and every count is a walk of a bounded length, whatever the number of open orders.
-- None looks at status, at_steps or version of orders: an order that moves on would be written into all of them once more.

-- A queue is what the roles of a person may decide, merged by deadline: one index for each role that decides in numbers.
-- For all others together one is enough, because hardly anything waits for them. A task stands in the index of each of its
-- roles, mostly one, as it stood in the one before. order_id is in them because a business calendar gives everything that
-- came in over a week-end the same deadline.
DROP INDEX task_queue;
CREATE INDEX task_for_reviewer ON task (workspace, generation, breach_at, order_id)
  WHERE state IN ('READY', 'RESERVED', 'IN_PROGRESS') AND roles @> '{reviewer}';
CREATE INDEX task_for_supervisor ON task (workspace, generation, breach_at, order_id)
  WHERE state IN ('READY', 'RESERVED', 'IN_PROGRESS') AND roles @> '{supervisor}';
CREATE INDEX task_for_others ON task (workspace, generation, breach_at, order_id)
  WHERE state IN ('READY', 'RESERVED', 'IN_PROGRESS') AND roles && '{requester,auditor,admin}';

-- Orders of one instant are those of one append, so few that they are sorted when read: the indexes do without order_id.
CREATE INDEX orders_by_receipt ON orders (workspace, generation, received_at);
CREATE INDEX orders_by_business_key ON orders (workspace, generation, business_key);
DROP INDEX orders_by_requester;
CREATE INDEX orders_by_requester ON orders (workspace, generation, requested_by, received_at);
CREATE INDEX orders_sent_back ON orders (workspace, generation, received_at) WHERE changes_requested;

-- From an order that needs attention to what failed of it; what failed of ended orders stays and is nobody's concern.
CREATE INDEX effect_failed ON effect (workspace, generation, order_id) WHERE state = 'FAILED';

-- What an order says stands in its first event or in its newest amendment, however much has happened since.
CREATE INDEX event_amended ON event (workspace, stream, version) WHERE type = 'orderAmended';
