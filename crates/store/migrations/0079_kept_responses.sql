-- Responses that are kept for the conversations that go on from them. The items of input and the response are sealed.
CREATE TABLE kept_responses (
    id               TEXT NOT NULL PRIMARY KEY,
    account_id       TEXT NOT NULL REFERENCES accounts (id),
    api_key_id       TEXT NOT NULL,
    previous_id      TEXT,
    input            BLOB NOT NULL,
    response         BLOB NOT NULL,
    bytes            BIGINT NOT NULL,
    created_at_ms    BIGINT NOT NULL,
    expires_at_ms    BIGINT NOT NULL
);
CREATE INDEX kept_responses_by_account ON kept_responses (account_id, id);
CREATE INDEX kept_responses_by_expiry ON kept_responses (expires_at_ms);

-- What each account keeps, so that its bound is held in one statement.
CREATE TABLE kept_response_holdings (
    account_id       TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    responses        BIGINT NOT NULL,
    bytes            BIGINT NOT NULL
);
