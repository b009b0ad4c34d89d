-- What the owner of a key wants done when something odd is noticed ('notify', 'throttle' or 'freeze'), and what
-- holds at the moment: 'throttled' or 'frozen', since when, by which event of which kind; empty when nothing does.
ALTER TABLE api_keys ADD COLUMN anomaly_action TEXT NOT NULL DEFAULT 'notify';
ALTER TABLE api_keys ADD COLUMN held TEXT;
ALTER TABLE api_keys ADD COLUMN held_since_ms BIGINT;
ALTER TABLE api_keys ADD COLUMN held_by TEXT;
ALTER TABLE api_keys ADD COLUMN held_kind TEXT;
