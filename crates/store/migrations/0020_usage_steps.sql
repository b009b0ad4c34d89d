-- Usage for screens: the log of an account is read newest first, so its rows lie in that order; sums are kept
-- per minute, hour and day, once per account and key, and once over accounts for operators.

CREATE TABLE usage_log (
    request_id       TEXT NOT NULL,
    at_ms            BIGINT NOT NULL,
    account_id       TEXT NOT NULL,
    api_key_id       TEXT NOT NULL,
    environment      TEXT NOT NULL,
    endpoint         TEXT NOT NULL,
    -- Empty when the request named none that exists.
    model_id         TEXT NOT NULL,
    -- The one that answered, or was tried last; empty when none was.
    provider_name    TEXT NOT NULL,
    input_tokens     BIGINT NOT NULL,
    output_tokens    BIGINT NOT NULL,
    cached_tokens    BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    charge_nanos     BIGINT NOT NULL,
    -- 'upstream', 'estimate' or 'none'.
    counted_by       TEXT NOT NULL,
    status           BIGINT NOT NULL,
    error_code       TEXT NOT NULL,
    end_reason       TEXT NOT NULL,
    is_admitted      BOOLEAN NOT NULL,
    is_streamed      BOOLEAN NOT NULL,
    duration_us      BIGINT NOT NULL,
    first_token_us   BIGINT,
    -- What only a receipt shows, as a JSON object.
    detail           TEXT NOT NULL,
    PRIMARY KEY (account_id, request_id)
) /* sqlite: WITHOUT ROWID */;

INSERT INTO usage_log (request_id, at_ms, account_id, api_key_id, environment, endpoint, model_id, provider_name,
        input_tokens, output_tokens, cached_tokens, reasoning_tokens, charge_nanos, counted_by, status, error_code,
        end_reason, is_admitted, is_streamed, duration_us, first_token_us, detail)
    SELECT request_id, at_ms, account_id, api_key_id, environment, endpoint, model_id, provider_name,
        input_tokens, output_tokens, cached_tokens, reasoning_tokens, 0, counted_by, status, error_code,
        end_reason, is_admitted, is_streamed, duration_us, first_token_us, '{}'
    FROM usage_events;
DROP TABLE usage_events;
ALTER TABLE usage_log RENAME TO usage_events;

DROP TABLE usage_rollups;

CREATE TABLE usage_rollups (
    account_id       TEXT NOT NULL,
    -- 60,000, 3,600,000 or 86,400,000.
    step_ms          BIGINT NOT NULL,
    -- When the step began, in UTC.
    at_ms            BIGINT NOT NULL,
    api_key_id       TEXT NOT NULL,
    model_id         TEXT NOT NULL,
    provider_name    TEXT NOT NULL,
    endpoint         TEXT NOT NULL,
    -- 'ok', 'error' (admitted, and failed) or 'refused'.
    outcome          TEXT NOT NULL,
    status           BIGINT NOT NULL,
    environment      TEXT NOT NULL,
    requests         BIGINT NOT NULL,
    input_tokens     BIGINT NOT NULL,
    output_tokens    BIGINT NOT NULL,
    cached_tokens    BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    charge_nanos     BIGINT NOT NULL,
    duration_us      BIGINT NOT NULL,
    -- Requests that had a first token, and how long it took them in all.
    first_tokens     BIGINT NOT NULL,
    first_token_us   BIGINT NOT NULL,
    PRIMARY KEY (account_id, step_ms, at_ms, api_key_id, model_id, provider_name, endpoint, outcome, status)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE platform_rollups (
    step_ms          BIGINT NOT NULL,
    at_ms            BIGINT NOT NULL,
    account_id       TEXT NOT NULL,
    model_id         TEXT NOT NULL,
    provider_name    TEXT NOT NULL,
    endpoint         TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    status           BIGINT NOT NULL,
    environment      TEXT NOT NULL,
    requests         BIGINT NOT NULL,
    input_tokens     BIGINT NOT NULL,
    output_tokens    BIGINT NOT NULL,
    cached_tokens    BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    charge_nanos     BIGINT NOT NULL,
    duration_us      BIGINT NOT NULL,
    first_tokens     BIGINT NOT NULL,
    first_token_us   BIGINT NOT NULL,
    PRIMARY KEY (step_ms, at_ms, account_id, model_id, provider_name, endpoint, outcome, status, environment)
) /* sqlite: WITHOUT ROWID */;

-- Sums by day of what is there; finer ones begin now.
INSERT INTO usage_rollups (account_id, step_ms, at_ms, api_key_id, model_id, provider_name, endpoint, outcome, status,
        environment, requests, input_tokens, output_tokens, cached_tokens, reasoning_tokens, charge_nanos, duration_us,
        first_tokens, first_token_us)
    SELECT account_id, 86400000, at_ms - at_ms % 86400000, api_key_id, model_id, provider_name, endpoint,
        CASE WHEN NOT is_admitted THEN 'refused' WHEN status >= 400 OR end_reason = 'broken' THEN 'error' ELSE 'ok' END,
        status, environment, COUNT(*), SUM(input_tokens), SUM(output_tokens), SUM(cached_tokens),
        SUM(reasoning_tokens), 0, SUM(duration_us), COUNT(first_token_us), COALESCE(SUM(first_token_us), 0)
    FROM usage_events
    GROUP BY 1, 3, 4, 5, 6, 7, 8, 9, 10;

-- Who still uses a secret that is replaced.
ALTER TABLE api_key_secrets ADD COLUMN last_used_at_ms BIGINT;
ALTER TABLE api_key_secrets ADD COLUMN last_used_address TEXT;
ALTER TABLE api_key_secrets ADD COLUMN last_used_agent TEXT;
