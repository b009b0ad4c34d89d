-- Files of accounts. Content and names are sealed; a file's content stands in chunks, so that none is ever whole in memory.
CREATE TABLE files (
    id               TEXT NOT NULL PRIMARY KEY,
    account_id       TEXT NOT NULL REFERENCES accounts (id),
    api_key_id       TEXT NOT NULL,
    purpose          TEXT NOT NULL,
    state            TEXT NOT NULL,
    name             BLOB NOT NULL,
    bytes            BIGINT NOT NULL,
    chunks           BIGINT NOT NULL,
    created_at_ms    BIGINT NOT NULL,
    expires_at_ms    BIGINT NOT NULL
);
CREATE INDEX files_by_account ON files (account_id, id);
CREATE INDEX files_by_state ON files (state, expires_at_ms);

CREATE TABLE file_chunks (
    file_id          TEXT NOT NULL,
    chunk            BIGINT NOT NULL,
    sealed           BLOB NOT NULL,
    PRIMARY KEY (file_id, chunk)
);

-- What each account keeps, so that its bound is held in one statement.
CREATE TABLE file_holdings (
    account_id       TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    files            BIGINT NOT NULL,
    bytes            BIGINT NOT NULL
);
