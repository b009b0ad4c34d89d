-- What was noticed about an API key, and what was done about it. `announced_at_ms` is empty until the
-- account was told: the row is its own outbox.
CREATE TABLE key_events (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    api_key_id TEXT NOT NULL REFERENCES api_keys (id),
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    facts TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    announced_at_ms BIGINT
);

CREATE INDEX key_events_by_account ON key_events (account_id, id);

CREATE INDEX key_events_by_key ON key_events (api_key_id, id);

CREATE INDEX key_events_unannounced ON key_events (id) WHERE announced_at_ms IS NULL;
