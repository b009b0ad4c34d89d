-- How servers with Redis hand out limits now, as all of them agreed: by its counts, or each within its part.
CREATE TABLE limit_sharing (
    id    BIGINT PRIMARY KEY,
    -- The line of the auth log by which it was agreed.
    seq   BIGINT NOT NULL,
    -- The memory of Redis in which all count; NULL where each server hands out its part.
    epoch TEXT
);

INSERT INTO limit_sharing VALUES (1, 0, NULL);

-- What servers had counted when they agreed to divide the limits, and had not told the others before.
CREATE TABLE limit_words (
    seq    BIGINT NOT NULL,
    server TEXT NOT NULL,
    words  TEXT NOT NULL,
    PRIMARY KEY (seq, server)
);
