-- Tiers, accounts and API keys. `NULL` in a limit means unlimited.

CREATE TABLE tiers (
    id                  TEXT PRIMARY KEY,
    display_name        TEXT NOT NULL,
    -- Which models it reaches: those whose `min_tier` has this rank or a lower one.
    rank                BIGINT NOT NULL,
    -- 1 (low) to 4 (critical).
    priority            BIGINT NOT NULL,
    requests_per_minute BIGINT,
    tokens_per_minute   BIGINT,
    requests_per_day    BIGINT,
    -- The account's ceiling, as a multiple of the limits of one key.
    account_multiplier  BIGINT NOT NULL,
    keys_max            BIGINT
);

INSERT INTO tiers VALUES
    ('free',       'Free',       1, 1, 10,   40000,   500,    1, 3),
    ('basic',      'Basic',      2, 2, 50,   200000,  10000,  2, 20),
    ('pro',        'Pro',        3, 3, 100,  1000000, 100000, 5, 100),
    ('enterprise', 'Enterprise', 4, 4, NULL, NULL,    NULL,   1, NULL);

CREATE TABLE accounts (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL,
    tier_id       TEXT NOT NULL REFERENCES tiers (id),
    status        TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id                TEXT PRIMARY KEY,
    account_id        TEXT NOT NULL REFERENCES accounts (id),
    name              TEXT NOT NULL,
    environment       TEXT NOT NULL,
    -- JSON arrays of strings; `NULL` means unrestricted.
    allowed_models    TEXT,
    allowed_endpoints TEXT,
    allowed_networks  TEXT,
    created_at_ms     BIGINT NOT NULL,
    expires_at_ms     BIGINT,
    revoked_at_ms     BIGINT,
    last_used_at_ms   BIGINT,
    last_used_address TEXT,
    last_used_agent   TEXT
);

CREATE INDEX api_keys_by_account ON api_keys (account_id, id);
-- A replica that starts loads the keys that were used lately.
CREATE INDEX api_keys_by_last_use ON api_keys (last_used_at_ms);

-- A key outlives its secrets: regenerating adds a row here and ends the earlier ones.
CREATE TABLE api_key_secrets (
    -- HMAC-SHA-256 of the secret under a pepper that is not in this database.
    digest         BLOB PRIMARY KEY,
    api_key_id     TEXT NOT NULL REFERENCES api_keys (id),
    pepper_version BIGINT NOT NULL,
    hint           TEXT NOT NULL,
    created_at_ms  BIGINT NOT NULL,
    -- When a secret that was replaced stops working; `NULL` for the current one.
    ends_at_ms     BIGINT
);

CREATE INDEX api_key_secrets_by_key ON api_key_secrets (api_key_id, created_at_ms);
