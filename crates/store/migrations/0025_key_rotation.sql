-- After how many days the secrets of an account's live keys should be replaced; `NULL` for never.
ALTER TABLE accounts ADD COLUMN key_rotation_days BIGINT DEFAULT 90;

-- Whoever looks for old secrets does not read those that were replaced.
CREATE INDEX api_key_secrets_current_by_age ON api_key_secrets (created_at_ms) WHERE ends_at_ms IS NULL;
