-- What people changed, and by what programs may change things for them.

CREATE TABLE audit_head (
    id   BIGINT PRIMARY KEY,
    seq  BIGINT NOT NULL,
    -- Of the newest entry, in hexadecimal digits; each entry's hash covers the one before.
    hash TEXT NOT NULL
);

INSERT INTO audit_head VALUES (1, 0, '');

CREATE TABLE audit_log (
    -- The order of the chain; clocks of replicas differ, this does not.
    seq           BIGINT PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    at_ms         BIGINT NOT NULL,
    account_id    TEXT,
    actor_kind    TEXT NOT NULL,
    actor_id      TEXT NOT NULL,
    actor_label   TEXT NOT NULL,
    address       TEXT,
    action        TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_id    TEXT NOT NULL,
    subject_label TEXT NOT NULL,
    -- JSON objects of what changed.
    before        TEXT,
    after         TEXT,
    hash          TEXT NOT NULL
);

CREATE INDEX audit_log_by_account ON audit_log (account_id, seq);

CREATE TABLE management_keys (
    id              TEXT PRIMARY KEY,
    digest          BLOB NOT NULL UNIQUE,
    -- `NULL`: an operator's.
    account_id      TEXT REFERENCES accounts (id),
    name            TEXT NOT NULL,
    hint            TEXT NOT NULL,
    -- A JSON array of strings.
    scopes          TEXT NOT NULL,
    created_by      TEXT NOT NULL REFERENCES users (id),
    created_at_ms   BIGINT NOT NULL,
    expires_at_ms   BIGINT,
    revoked_at_ms   BIGINT,
    last_used_at_ms BIGINT
);

CREATE INDEX management_keys_by_account ON management_keys (account_id, id);

-- The first answer to a write, for when it is asked for again.
CREATE TABLE idempotency_keys (
    caller        TEXT NOT NULL,
    name          TEXT NOT NULL,
    fingerprint   BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- `NULL` while the request runs.
    status        BIGINT,
    body          TEXT,
    PRIMARY KEY (caller, name)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at_ms);
