-- What was used: a row per request, and sums per hour that screens and counters read. On SQLite they are
-- stored in the tree of their primary key: one insert per row instead of two.

CREATE TABLE usage_events (
    request_id       TEXT PRIMARY KEY,
    at_ms            BIGINT NOT NULL,
    account_id       TEXT NOT NULL,
    api_key_id       TEXT NOT NULL,
    environment      TEXT NOT NULL,
    endpoint         TEXT NOT NULL,
    model_id         TEXT NOT NULL,
    provider_name    TEXT NOT NULL,
    upstream_model   TEXT NOT NULL,
    attempts         BIGINT NOT NULL,
    input_tokens     BIGINT NOT NULL,
    output_tokens    BIGINT NOT NULL,
    cached_tokens    BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    -- 'upstream', 'estimate' or 'none'.
    counted_by       TEXT NOT NULL,
    status           BIGINT NOT NULL,
    error_code       TEXT NOT NULL,
    end_reason       TEXT NOT NULL,
    is_admitted      BOOLEAN NOT NULL,
    is_streamed      BOOLEAN NOT NULL,
    duration_us      BIGINT NOT NULL,
    first_token_us   BIGINT
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE usage_rollups (
    api_key_id       TEXT NOT NULL,
    hour_at_ms       BIGINT NOT NULL,
    model_id         TEXT NOT NULL,
    account_id       TEXT NOT NULL,
    environment      TEXT NOT NULL,
    -- Admitted requests: what counts against a limit.
    requests         BIGINT NOT NULL,
    refused          BIGINT NOT NULL,
    errors           BIGINT NOT NULL,
    input_tokens     BIGINT NOT NULL,
    output_tokens    BIGINT NOT NULL,
    cached_tokens    BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    PRIMARY KEY (api_key_id, hour_at_ms, model_id)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX usage_rollups_by_account ON usage_rollups (account_id, hour_at_ms);
