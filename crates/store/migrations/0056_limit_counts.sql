-- What was handed out of limits in the windows that run, where several servers count together without Redis. A server
-- takes a slice of a large limit at a time; `tokens` and the others hold what was taken, used or not.
CREATE TABLE limit_counts (
    -- The id of a key or an account.
    subject        TEXT PRIMARY KEY,
    -- Minutes and days since 1970.
    minute         BIGINT NOT NULL,
    day            BIGINT NOT NULL,
    requests       BIGINT NOT NULL,
    tokens         BIGINT NOT NULL,
    requests_today BIGINT NOT NULL
);
