-- The name that a request asked for, where that is not the model's id: an alias, or no model at all.
ALTER TABLE usage_events ADD COLUMN requested_model TEXT NOT NULL DEFAULT '';

-- Requests that ended in an error code, per hour: what the Errors page groups, without a look at raw rows.
CREATE TABLE error_rollups (
    account_id        TEXT NOT NULL,
    hour_ms           BIGINT NOT NULL,
    api_key_id        TEXT NOT NULL,
    -- The model's id, or the name that was asked for if there is no such model.
    model             TEXT NOT NULL,
    provider_name     TEXT NOT NULL,
    error_code        TEXT NOT NULL,
    requests          BIGINT NOT NULL,
    first_at_ms       BIGINT NOT NULL,
    last_at_ms        BIGINT NOT NULL,
    -- The last of them.
    sample_request_id TEXT NOT NULL,
    PRIMARY KEY (account_id, hour_ms, api_key_id, model, provider_name, error_code)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX error_rollups_by_hour ON error_rollups (hour_ms);

-- A client that leaves is no error.
UPDATE usage_rollups SET outcome = 'ok' WHERE outcome = 'error' AND status = 499;
UPDATE platform_rollups SET outcome = 'ok' WHERE outcome = 'error' AND status = 499;
UPDATE usage_meters SET outcome = 'ok' WHERE outcome = 'error' AND status = 499;
UPDATE platform_meters SET outcome = 'ok' WHERE outcome = 'error' AND status = 499;
