-- When a check was closed or a card cleared: what is over for long is in no device's start. Null where it stands, and
-- 0 for what no device asks for by itself: a bill goes with its order, and counters are the hub's own.
ALTER TABLE aggregates ADD COLUMN over_at BIGINT;
CREATE INDEX aggregates_standing ON aggregates (restaurant, over_at);
