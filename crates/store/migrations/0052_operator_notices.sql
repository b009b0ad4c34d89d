-- What operators are told of: a deployment that fails, a credential that is refused, a queue that sheds. A row is its
-- own outbox. One of a kind and subject is open at a time.
CREATE TABLE operator_notices (
    id                TEXT NOT NULL PRIMARY KEY,
    kind              TEXT NOT NULL,
    -- The id of a deployment or model, or the name of a provider.
    subject           TEXT NOT NULL,
    -- JSON.
    facts             TEXT NOT NULL,
    began_at_ms       BIGINT NOT NULL,
    -- When a server last saw it.
    seen_at_ms        BIGINT NOT NULL,
    ended_at_ms       BIGINT,
    -- NULL: nobody was told yet.
    told_at_ms        BIGINT,
    end_told_at_ms    BIGINT
);
CREATE UNIQUE INDEX operator_notices_open ON operator_notices (kind, subject) WHERE ended_at_ms IS NULL;
