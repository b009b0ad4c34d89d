-- Amounts of the meters that the tables of sums have no column for: a row per sum and meter, where there is any.

CREATE TABLE usage_meters (
    account_id       TEXT NOT NULL,
    step_ms          BIGINT NOT NULL,
    at_ms            BIGINT NOT NULL,
    api_key_id       TEXT NOT NULL,
    model_id         TEXT NOT NULL,
    provider_name    TEXT NOT NULL,
    endpoint         TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    status           BIGINT NOT NULL,
    environment      TEXT NOT NULL,
    -- Its name: 'cache_write_5m', 'audio_input', …
    meter            TEXT NOT NULL,
    amount           BIGINT NOT NULL,
    PRIMARY KEY (account_id, step_ms, at_ms, api_key_id, model_id, provider_name, endpoint, outcome, status, meter)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE platform_meters (
    step_ms          BIGINT NOT NULL,
    at_ms            BIGINT NOT NULL,
    account_id       TEXT NOT NULL,
    model_id         TEXT NOT NULL,
    provider_name    TEXT NOT NULL,
    endpoint         TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    status           BIGINT NOT NULL,
    environment      TEXT NOT NULL,
    meter            TEXT NOT NULL,
    amount           BIGINT NOT NULL,
    PRIMARY KEY (step_ms, at_ms, account_id, model_id, provider_name, endpoint, outcome, status, environment, meter)
) /* sqlite: WITHOUT ROWID */;
