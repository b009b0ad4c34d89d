-- The servers that share this database, as each says of itself every second. What they applied is in `replicas`.
CREATE TABLE servers (
    id                 TEXT PRIMARY KEY,
    version            TEXT NOT NULL,
    -- The address that it listens on, for people.
    address            TEXT NOT NULL,
    -- By the server's own clock.
    started_at_ms      BIGINT NOT NULL,
    seen_at_ms         BIGINT NOT NULL,
    -- How it counts limits: alone, joining, joined, single.
    limits             TEXT NOT NULL,
    requests_in_flight BIGINT NOT NULL
);
