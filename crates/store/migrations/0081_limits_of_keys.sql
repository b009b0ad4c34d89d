-- A JSON object: the limits that a key has of its own, below those of its account's tier. NULL: none.
ALTER TABLE api_keys ADD COLUMN own_limits TEXT;
