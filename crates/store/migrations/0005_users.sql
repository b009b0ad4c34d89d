-- People: who signs in, to which accounts they belong, and by what they prove it. Secrets are digests.

ALTER TABLE accounts ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE tiers ADD COLUMN price_factor_percent BIGINT NOT NULL DEFAULT 100;

CREATE TABLE users (
    id                    TEXT PRIMARY KEY,
    -- In lower case: one person, one user.
    email                 TEXT NOT NULL UNIQUE,
    name                  TEXT NOT NULL,
    status                TEXT NOT NULL,
    is_operator           BOOLEAN NOT NULL,
    -- Argon2id in PHC form; `NULL` for those who sign in elsewhere.
    password_hash         TEXT,
    -- Sealed; in force from `totp_confirmed_at_ms` on.
    totp_secret           BLOB,
    totp_confirmed_at_ms  BIGINT,
    -- The time step of the last code that was accepted: a code works once.
    totp_last_step        BIGINT NOT NULL DEFAULT 0,
    language              TEXT,
    theme                 TEXT NOT NULL DEFAULT 'system',
    notifies_rotation     BOOLEAN NOT NULL,
    notifies_security     BOOLEAN NOT NULL,
    email_confirmed_at_ms BIGINT,
    created_at_ms         BIGINT NOT NULL,
    last_signed_in_at_ms  BIGINT
);

CREATE TABLE recovery_codes (
    user_id    TEXT NOT NULL REFERENCES users (id),
    digest     BLOB NOT NULL,
    used_at_ms BIGINT,
    PRIMARY KEY (user_id, digest)
);

-- Who a user is at a provider of identities.
CREATE TABLE identities (
    provider      TEXT NOT NULL,
    subject       TEXT NOT NULL,
    user_id       TEXT NOT NULL REFERENCES users (id),
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (provider, subject)
);

CREATE INDEX identities_by_user ON identities (user_id);

CREATE TABLE members (
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    user_id      TEXT NOT NULL REFERENCES users (id),
    -- 'viewer', 'member', 'admin' or 'owner'.
    role         TEXT NOT NULL,
    joined_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id)
);

CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE invites (
    id            TEXT PRIMARY KEY,
    digest        BLOB NOT NULL UNIQUE,
    -- `NULL`: to sign up with an account of one's own.
    account_id    TEXT REFERENCES accounts (id),
    email         TEXT NOT NULL,
    role          TEXT NOT NULL,
    invited_by    TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    -- Accepted or revoked.
    ended_at_ms   BIGINT
);

CREATE INDEX invites_by_account ON invites (account_id, id);

CREATE TABLE sessions (
    digest          BLOB PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    user_id         TEXT NOT NULL REFERENCES users (id),
    created_at_ms   BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    expires_at_ms   BIGINT NOT NULL,
    ended_at_ms     BIGINT,
    address         TEXT NOT NULL,
    agent           TEXT NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id, id);

-- Links that work once: the first operator, a new password, a confirmed address.
CREATE TABLE one_time_links (
    digest        BLOB PRIMARY KEY,
    kind          TEXT NOT NULL,
    user_id       TEXT REFERENCES users (id),
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    used_at_ms    BIGINT
);
