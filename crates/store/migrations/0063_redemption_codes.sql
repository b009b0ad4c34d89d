-- Codes that are worth credits, in batches. Codes themselves are nowhere: only their digests under the pepper.
CREATE TABLE redemption_batches (
    id               TEXT NOT NULL PRIMARY KEY,
    name             TEXT NOT NULL,
    -- What each code is worth, in nano-dollars.
    amount_nanos     BIGINT NOT NULL,
    codes            BIGINT NOT NULL,
    created_by       TEXT NOT NULL,
    created_at_ms    BIGINT NOT NULL,
    expires_at_ms    BIGINT,
    voided_at_ms     BIGINT
);

CREATE TABLE redemption_codes (
    id               TEXT NOT NULL PRIMARY KEY,
    batch_id         TEXT NOT NULL REFERENCES redemption_batches (id),
    digest           BLOB NOT NULL UNIQUE,
    -- Its last group, by which people find it.
    hint             TEXT NOT NULL,
    redeemed_at_ms   BIGINT,
    account_id       TEXT REFERENCES accounts (id)
);
CREATE INDEX redemption_codes_by_batch ON redemption_codes (batch_id);
