-- Sessions of people: what an access token stands on. A session that has ended is gone.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    restaurant TEXT NOT NULL,
    person TEXT NOT NULL,
    -- The device that a PIN session is bound to.
    device TEXT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (restaurant, person);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A session's family of refresh tokens: one is good, the others were used, and using one of those again ends it.
CREATE TABLE refresh_tokens (
    hash TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);

-- PIN verifiers travel to devices beside the log; the revision says whether a device has the newest.
ALTER TABLE credentials ADD COLUMN pin TEXT;
CREATE INDEX credentials_by_person ON credentials (restaurant, person);

CREATE TABLE side_revisions (
    restaurant TEXT PRIMARY KEY,
    revision BIGINT NOT NULL
);
