-- A hub that was put back to an older state: in which phase it is, why, and the highest epoch that it was shown.
ALTER TABLE heads ADD COLUMN phase TEXT NOT NULL DEFAULT 'open';
ALTER TABLE heads ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE heads ADD COLUMN shown BIGINT NOT NULL DEFAULT 0;
-- The manager who ended the wait for what had not reported yet.
ALTER TABLE heads ADD COLUMN ended_by TEXT;

-- Which entry each epoch began after: what a device holds beyond it, of an older epoch, the hub may not have.
CREATE TABLE epochs (
    restaurant TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    began_after BIGINT NOT NULL,
    PRIMARY KEY (restaurant, epoch)
);

-- Which devices have said what they hold, up to the signed position that each showed.
CREATE TABLE reports (
    restaurant TEXT NOT NULL,
    device TEXT NOT NULL,
    position TEXT NOT NULL,
    done BOOLEAN NOT NULL,
    decided BOOLEAN NOT NULL,
    PRIMARY KEY (restaurant, device)
);

-- What they hold: entries past the hub's head, and their own commands with what the hub had said of them.
CREATE TABLE reported (
    restaurant TEXT NOT NULL,
    device TEXT NOT NULL,
    kind TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    bytes TEXT NOT NULL,
    PRIMARY KEY (restaurant, device, kind, epoch, seq)
);
