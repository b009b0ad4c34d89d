-- Responses to the key say what they cost.
ALTER TABLE api_keys ADD COLUMN shows_cost BOOLEAN NOT NULL DEFAULT TRUE;
