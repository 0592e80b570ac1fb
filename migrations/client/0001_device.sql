-- The device's database. `user_version` counts these files; a core refuses a database of more of them than it knows.
-- A new version of an aggregate comes with a new file too, so that an older core does not open what it cannot read.

-- Who this device is, where in the log it stands, who holds it: one JSON value for each name.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- State as the hub has decided it: each aggregate a row, with the few columns that it is found by.
CREATE TABLE base (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    table_id TEXT,
    order_id TEXT,
    status TEXT,
    open INTEGER NOT NULL,
    day TEXT,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX base_by_kind ON base (kind, open, status, at);
CREATE INDEX base_by_order ON base (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX base_by_table ON base (table_id) WHERE table_id IS NOT NULL;

-- The same rows as they are with what is pending.
CREATE TABLE overlay (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    table_id TEXT,
    order_id TEXT,
    status TEXT,
    open INTEGER NOT NULL,
    day TEXT,
    at INTEGER NOT NULL
) STRICT;

-- What is read: overlay over base.
CREATE VIEW rows AS
    SELECT * FROM overlay
    UNION ALL
    SELECT * FROM base WHERE NOT EXISTS (SELECT 1 FROM overlay WHERE overlay.key = base.key);

-- The log as it came, unchanged: each device is a replica. `cmd_id` is null where this build cannot read the entry.
CREATE TABLE entries (
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    cmd_id TEXT,
    hub_at INTEGER NOT NULL,
    bytes TEXT NOT NULL,
    chain TEXT NOT NULL,
    PRIMARY KEY (epoch, seq)
) STRICT;
CREATE INDEX entries_by_command ON entries (cmd_id);
CREATE INDEX entries_by_time ON entries (hub_at);

-- This device's queue. No migration ever touches it: `envelope` is kept byte for byte until the hub has decided.
CREATE TABLE pending (
    mid INTEGER PRIMARY KEY,
    cmd_id TEXT NOT NULL UNIQUE,
    envelope TEXT NOT NULL,
    order_id TEXT,
    -- This device's own clock, for its own timers only.
    stored_at INTEGER NOT NULL,
    -- What the hub had said before it forgot.
    was TEXT,
    -- What the hub answered to the push: only a hint, the log decides.
    hint TEXT
) STRICT;
CREATE INDEX pending_by_order ON pending (order_id);

-- What the hub has decided of this device's own, kept for when it forgets.
CREATE TABLE sent (
    device TEXT NOT NULL,
    mid INTEGER NOT NULL,
    cmd_id TEXT NOT NULL UNIQUE,
    envelope TEXT NOT NULL,
    order_id TEXT,
    stored_at INTEGER NOT NULL,
    was TEXT NOT NULL,
    hub_at INTEGER NOT NULL,
    PRIMARY KEY (device, mid)
) STRICT;
CREATE INDEX sent_by_time ON sent (hub_at);

-- The last day's troubles, to be copied for whoever helps.
CREATE TABLE troubles (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
