-- Batches of requests, run by our own executor. What customers wrote in them is sealed.
CREATE TABLE batches (
    id                TEXT NOT NULL PRIMARY KEY,
    account_id        TEXT NOT NULL REFERENCES accounts (id),
    api_key_id        TEXT NOT NULL,
    -- Where it was created from: the networks of the key hold for its lines.
    address           TEXT NOT NULL,
    endpoint          TEXT NOT NULL,
    input_file_id     TEXT NOT NULL,
    metadata          BLOB,
    spend_max_nanos   BIGINT,
    output_kept_ms    BIGINT NOT NULL,
    state             TEXT NOT NULL,
    -- The state that it ends in, once that is known.
    ending            TEXT,
    errors            BLOB,
    model             TEXT,
    estimate_nanos    BIGINT NOT NULL,
    spent_nanos       BIGINT NOT NULL,
    total             BIGINT NOT NULL,
    completed         BIGINT NOT NULL,
    failed            BIGINT NOT NULL,
    output_file_id    TEXT,
    error_file_id     TEXT,
    created_at_ms     BIGINT NOT NULL,
    expires_at_ms     BIGINT NOT NULL,
    in_progress_at_ms BIGINT,
    finalizing_at_ms  BIGINT,
    cancelling_at_ms  BIGINT,
    ended_at_ms       BIGINT,
    -- The server that runs it, until when by the clock of the database.
    server_id         TEXT NOT NULL,
    lease_until_ms    BIGINT NOT NULL
);
CREATE INDEX batches_by_account ON batches (account_id, id);
CREATE INDEX batches_unfinished ON batches (lease_until_ms) WHERE ended_at_ms IS NULL;

-- Lines that were begun: the request of each, and its result once there is one.
CREATE TABLE batch_lines (
    batch_id          TEXT NOT NULL,
    line              BIGINT NOT NULL,
    request_id        TEXT NOT NULL,
    tries             BIGINT NOT NULL,
    is_error          BOOLEAN NOT NULL,
    sealed            BLOB,
    PRIMARY KEY (batch_id, line)
);
