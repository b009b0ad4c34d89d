-- The ledger of credits: entries with postings whose sum is zero, never changed and never removed.
CREATE TABLE ledger_entries (
    id               TEXT NOT NULL PRIMARY KEY,
    at_ms            BIGINT NOT NULL,
    -- grant, redemption, charge, refund, adjustment or expiry.
    kind             TEXT NOT NULL,
    -- The account whose credits it moves.
    account_id       TEXT NOT NULL REFERENCES accounts (id),
    -- What it is for, once: the id of a request for its charge.
    reference        TEXT NOT NULL UNIQUE,
    -- The reason, for people.
    note             TEXT NOT NULL
);
CREATE INDEX ledger_entries_by_account ON ledger_entries (account_id, id);

-- The sides of an entry, in nano-dollars.
CREATE TABLE ledger_postings (
    entry_id         TEXT NOT NULL REFERENCES ledger_entries (id),
    -- customer, or a side of the platform: grants, redemptions, charges, losses, adjustments.
    side             TEXT NOT NULL,
    account_id       TEXT NOT NULL,
    amount_nanos     BIGINT NOT NULL,
    PRIMARY KEY (entry_id, side)
);

-- The sum of each account's postings, kept beside them so that it can be guarded, and the part of it that servers hold.
CREATE TABLE credit_balances (
    account_id       TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    balance_nanos    BIGINT NOT NULL CHECK (balance_nanos >= 0),
    escrowed_nanos   BIGINT NOT NULL CHECK (escrowed_nanos >= 0 AND escrowed_nanos <= balance_nanos),
    changes          BIGINT NOT NULL
);

-- What each process holds of an account for requests, and the journal in which their charges come.
CREATE TABLE credit_escrows (
    server_id        TEXT NOT NULL,
    account_id       TEXT NOT NULL REFERENCES accounts (id),
    journal          TEXT NOT NULL,
    amount_nanos     BIGINT NOT NULL CHECK (amount_nanos >= 0),
    PRIMARY KEY (server_id, account_id)
);
CREATE INDEX credit_escrows_by_account ON credit_escrows (account_id);

/* sqlite: CREATE TRIGGER ledger_entries_stay BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entries_keep BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_postings_stay BEFORE UPDATE ON ledger_postings BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_postings_keep BEFORE DELETE ON ledger_postings BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END; */
/* postgres: CREATE FUNCTION ledger_is_append_only() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_entries_stay BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_postings_stay BEFORE UPDATE OR DELETE ON ledger_postings FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only(); */

-- How the accounts of a tier pay: off or required; null is as the configuration says.
ALTER TABLE tiers ADD COLUMN credits TEXT;
