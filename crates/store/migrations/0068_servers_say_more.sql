-- What operators see of each server: its part in the limits, and how far its usage is behind.
ALTER TABLE servers ADD COLUMN limits_by TEXT NOT NULL DEFAULT '';
ALTER TABLE servers ADD COLUMN limits_servers BIGINT NOT NULL DEFAULT 1;
ALTER TABLE servers ADD COLUMN journal_lag_bytes BIGINT NOT NULL DEFAULT 0;
