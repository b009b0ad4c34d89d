-- Every change that running replicas must know of before its author is answered.

CREATE TABLE auth_head (
    id  BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL
);

INSERT INTO auth_head VALUES (1, 0);

CREATE TABLE auth_log (
    seq     BIGINT PRIMARY KEY,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    at_ms   BIGINT NOT NULL
);

CREATE TABLE replicas (
    id            TEXT PRIMARY KEY,
    applied_seq   BIGINT NOT NULL,
    -- By the replica's clock, for people; leases are judged by whoever waits, on its own clock.
    renewed_at_ms BIGINT NOT NULL,
    lease_ms      BIGINT NOT NULL
);

-- Facts about this database as a whole, such as which master key it belongs to.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
