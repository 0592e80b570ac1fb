-- What the lists of an evening are found by. `kitchen` is set while a kitchen owes something of an order: 2 where a
-- ticket has not been seen there, else 1. `bumped` is when its last ticket left the board, `closed` when it was over:
-- an order paid or cancelled, a card cleared.
ALTER TABLE base ADD COLUMN kitchen INTEGER;
ALTER TABLE base ADD COLUMN bumped INTEGER;
ALTER TABLE base ADD COLUMN closed INTEGER;
ALTER TABLE overlay ADD COLUMN kitchen INTEGER;
ALTER TABLE overlay ADD COLUMN bumped INTEGER;
ALTER TABLE overlay ADD COLUMN closed INTEGER;
UPDATE base SET kitchen = 2 WHERE kind = 'order' AND status = 'sent';
UPDATE overlay SET kitchen = 2 WHERE kind = 'order' AND status = 'sent';
CREATE INDEX base_in_kitchen ON base (kind, kitchen) WHERE kitchen IS NOT NULL;
CREATE INDEX base_by_bump ON base (kind, bumped) WHERE bumped IS NOT NULL;
CREATE INDEX base_by_closing ON base (kind, closed) WHERE closed IS NOT NULL;

DROP VIEW rows;
CREATE VIEW rows AS
    SELECT * FROM overlay
    UNION ALL
    SELECT * FROM base WHERE NOT EXISTS (SELECT 1 FROM overlay WHERE overlay.key = base.key);

-- Who can sign in here by PIN: argon2id verifiers, beside the log and never in it.
CREATE TABLE pins (
    person TEXT PRIMARY KEY,
    verifier TEXT NOT NULL
) STRICT;

-- Wrong PINs in a row, and until when no other is tried.
CREATE TABLE locks (
    person TEXT PRIMARY KEY,
    wrong INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
