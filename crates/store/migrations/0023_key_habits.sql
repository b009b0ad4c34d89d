-- What is usual for an API key, as the detectors of anomalies keep it (JSON of theirs): so that a restart is none.
CREATE TABLE key_habits (
    api_key_id TEXT PRIMARY KEY REFERENCES api_keys (id),
    habits TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

-- The last event of a kind of a key.
CREATE INDEX key_events_by_kind ON key_events (api_key_id, kind, at_ms);
