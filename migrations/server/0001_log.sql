-- The hub's database: one text for SQLite and PostgreSQL (BIGINT, TEXT and BOOLEAN only).

CREATE TABLE hub (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row for each restaurant; its lock orders everything that is written there.
CREATE TABLE heads (
    restaurant TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    epoch_tag TEXT NOT NULL,
    seq BIGINT NOT NULL,
    chain TEXT NOT NULL,
    hub_at BIGINT NOT NULL,
    position BIGINT NOT NULL
);

-- The log: `bytes` are what the chain is over and what devices get; they never change.
CREATE TABLE log (
    restaurant TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hub_at BIGINT NOT NULL,
    bytes TEXT NOT NULL,
    -- The chain after this entry, so that a position is checked without reading the log again.
    chain TEXT NOT NULL,
    PRIMARY KEY (restaurant, seq)
);

-- One outcome for each command id, for ever. `payload` is the hash of what was sent.
CREATE TABLE outcomes (
    restaurant TEXT NOT NULL,
    cmd_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT,
    payload TEXT NOT NULL,
    PRIMARY KEY (restaurant, cmd_id)
);

-- Which command each place in a device's queue was.
CREATE TABLE queue_entries (
    restaurant TEXT NOT NULL,
    device TEXT NOT NULL,
    mid BIGINT NOT NULL,
    cmd_id TEXT NOT NULL,
    PRIMARY KEY (restaurant, device, mid)
);

-- State: each aggregate a row, with the few columns that it is found by.
CREATE TABLE aggregates (
    restaurant TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    born BIGINT NOT NULL,
    table_id TEXT,
    status TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (restaurant, key)
);
CREATE INDEX aggregates_by_birth ON aggregates (restaurant, kind, born, key);
CREATE INDEX aggregates_by_status ON aggregates (restaurant, kind, status, born);
CREATE INDEX aggregates_by_table ON aggregates (restaurant, kind, table_id, born);

-- How far each device's queue has been decided, and what of it waits for a manager.
CREATE TABLE device_queues (
    restaurant TEXT NOT NULL,
    device TEXT NOT NULL,
    last_mid BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    revoked_bytes BIGINT NOT NULL,
    PRIMARY KEY (restaurant, device)
);

-- Ids that a quarantined command would have made: what names them waits with it.
CREATE TABLE quarantined_ids (
    restaurant TEXT NOT NULL,
    device TEXT NOT NULL,
    id TEXT NOT NULL,
    cmd_id TEXT NOT NULL,
    PRIMARY KEY (restaurant, device, id)
);

-- Side rows: secrets and credentials never enter the log.
CREATE TABLE device_tokens (
    hash TEXT PRIMARY KEY,
    restaurant TEXT NOT NULL,
    device TEXT NOT NULL
);
CREATE INDEX device_tokens_by_device ON device_tokens (restaurant, device);

CREATE TABLE enrolment_codes (
    hash TEXT PRIMARY KEY,
    restaurant TEXT NOT NULL,
    kind TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE credentials (
    username TEXT PRIMARY KEY,
    restaurant TEXT NOT NULL,
    person TEXT NOT NULL,
    password TEXT NOT NULL
);

-- One write, one answer, however often it is asked for with the same key.
CREATE TABLE idempotency (
    restaurant TEXT NOT NULL,
    idem TEXT NOT NULL,
    body TEXT NOT NULL,
    cmd_id TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    location TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (restaurant, idem)
);

-- What Kafka gets and `/events` serves; written in the transaction of the entry that it follows from.
CREATE TABLE outbox (
    restaurant TEXT NOT NULL,
    position BIGINT NOT NULL,
    topic TEXT NOT NULL,
    seq BIGINT NOT NULL,
    id TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    type TEXT NOT NULL,
    event TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (restaurant, position)
);

CREATE TABLE topic_heads (
    restaurant TEXT NOT NULL,
    topic TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (restaurant, topic)
);

CREATE TABLE relays (
    restaurant TEXT PRIMARY KEY,
    position BIGINT NOT NULL
);
