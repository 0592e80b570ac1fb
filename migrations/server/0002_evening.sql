-- Bills and orders are found by their business day.
ALTER TABLE aggregates ADD COLUMN day TEXT;
CREATE INDEX aggregates_by_day ON aggregates (restaurant, kind, day, born);

-- Which check a line is on: the kitchen names lines and tickets without their check.
CREATE TABLE order_lines (
    restaurant TEXT NOT NULL,
    line TEXT NOT NULL,
    order_id TEXT NOT NULL,
    PRIMARY KEY (restaurant, line)
);

-- Tickets in the order in which they were fired: the entry, and the place on the check.
CREATE TABLE tickets (
    restaurant TEXT NOT NULL,
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    station TEXT NOT NULL,
    status TEXT NOT NULL,
    born BIGINT NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (restaurant, id)
);
CREATE INDEX tickets_on_boards ON tickets (restaurant, born, place) WHERE status <> 'bumped';
CREATE INDEX tickets_by_status ON tickets (restaurant, status, born, place);

-- What paid bills sold, line by line, for reports: written with the entry, never read by a rule.
CREATE TABLE sales (
    restaurant TEXT NOT NULL,
    bill TEXT NOT NULL,
    place BIGINT NOT NULL,
    order_id TEXT NOT NULL,
    guests BIGINT NOT NULL,
    day TEXT NOT NULL,
    hour TEXT NOT NULL,
    dish TEXT NOT NULL,
    dish_name TEXT NOT NULL,
    category TEXT NOT NULL,
    category_name TEXT NOT NULL,
    waiter TEXT NOT NULL,
    waiter_name TEXT NOT NULL,
    table_id TEXT NOT NULL,
    table_name TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    discounts BIGINT NOT NULL,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    tips BIGINT NOT NULL,
    PRIMARY KEY (restaurant, bill, place)
);
CREATE INDEX sales_by_day ON sales (restaurant, day);

-- The same by what it was paid with.
CREATE TABLE sales_tenders (
    restaurant TEXT NOT NULL,
    bill TEXT NOT NULL,
    tender TEXT NOT NULL,
    order_id TEXT NOT NULL,
    guests BIGINT NOT NULL,
    day TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    discounts BIGINT NOT NULL,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    tips BIGINT NOT NULL,
    PRIMARY KEY (restaurant, bill, tender)
);
CREATE INDEX sales_tenders_by_day ON sales_tenders (restaurant, day);

-- Receipts that were shown before: the next one is a copy.
CREATE TABLE receipts_shown (
    restaurant TEXT NOT NULL,
    bill TEXT NOT NULL,
    PRIMARY KEY (restaurant, bill)
);
