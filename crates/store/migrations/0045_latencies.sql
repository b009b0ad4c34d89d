-- How long admitted requests took, in buckets: what medians and percentiles are read from. Kept by the hour and the day.
CREATE TABLE usage_latencies (
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
    -- Four of them double the time, from a millisecond on.
    bucket           BIGINT NOT NULL,
    requests         BIGINT NOT NULL,
    PRIMARY KEY (account_id, step_ms, at_ms, api_key_id, model_id, provider_name, endpoint, outcome, status, bucket)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE platform_latencies (
    step_ms          BIGINT NOT NULL,
    at_ms            BIGINT NOT NULL,
    account_id       TEXT NOT NULL,
    model_id         TEXT NOT NULL,
    provider_name    TEXT NOT NULL,
    endpoint         TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    status           BIGINT NOT NULL,
    environment      TEXT NOT NULL,
    bucket           BIGINT NOT NULL,
    requests         BIGINT NOT NULL,
    PRIMARY KEY (step_ms, at_ms, account_id, model_id, provider_name, endpoint, outcome, status, environment, bucket)
) /* sqlite: WITHOUT ROWID */;
