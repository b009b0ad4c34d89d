-- What was taken over from another program, so that a second run takes only what changed there.
CREATE TABLE imports (
    -- The program: new-api, litellm.
    source           TEXT NOT NULL,
    -- account or key.
    kind             TEXT NOT NULL,
    -- The id there.
    source_id        TEXT NOT NULL,
    -- The id here.
    target_id        TEXT NOT NULL,
    -- The balance there when it was taken over last, in nano-dollars.
    balance_nanos    BIGINT NOT NULL,
    imported_at_ms   BIGINT NOT NULL,
    PRIMARY KEY (source, kind, source_id)
);
