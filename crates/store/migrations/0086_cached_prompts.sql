-- Prompts of the key get cache breakpoints.
ALTER TABLE api_keys ADD COLUMN caches_prompts BOOLEAN NOT NULL DEFAULT FALSE;
