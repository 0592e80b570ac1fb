-- Devices that were enrolled while the hub gathered what it has forgotten: they enter the log once it goes on.
CREATE TABLE enrolled_meanwhile (
    restaurant TEXT NOT NULL,
    device TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- The device that it was until then, and that the hub may come to know again.
    was TEXT,
    enrolled_by TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (restaurant, device)
);

-- Who could sign in by PIN, as a device was told it and with the hub's word for it.
ALTER TABLE reports ADD COLUMN side TEXT;
