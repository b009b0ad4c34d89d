-- Up to which event a user has seen what was noticed about the keys of an account.
CREATE TABLE key_event_reads (
    user_id TEXT NOT NULL REFERENCES users (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    seen_id TEXT NOT NULL,
    PRIMARY KEY (user_id, account_id)
);

-- Where an account wants to be told. The secret that signs is sealed; `failing_since_ms` is empty while all goes well.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    url TEXT NOT NULL,
    secret BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL,
    disabled_at_ms BIGINT,
    failing_since_ms BIGINT,
    last_at_ms BIGINT,
    -- The status of the last answer; empty when there was none, and then `last_error` says why.
    last_status BIGINT,
    last_error TEXT
);

CREATE INDEX webhooks_by_account ON webhooks (account_id, id);

-- What is still to be delivered.
CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    body TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at_ms);

CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id);
