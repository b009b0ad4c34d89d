-- Invoices of paid orders and credit notes of refunds. What was issued never changes.
CREATE TABLE invoices (
    id               TEXT NOT NULL PRIMARY KEY,
    -- invoice or credit_note.
    kind             TEXT NOT NULL,
    -- From a range without gaps, one per prefix.
    number           TEXT NOT NULL UNIQUE,
    account_id       TEXT NOT NULL REFERENCES accounts (id),
    order_id         TEXT NOT NULL REFERENCES payment_orders (id),
    -- What it is for, once: the order, or one refund of it.
    reference        TEXT NOT NULL UNIQUE,
    -- The number of the invoice that a credit note corrects.
    corrects         TEXT,
    issued_at_ms     BIGINT NOT NULL,
    currency         TEXT NOT NULL,
    -- In the minor unit of the currency.
    amount_minor     BIGINT NOT NULL CHECK (amount_minor > 0),
    credits_nanos    BIGINT NOT NULL CHECK (credits_nanos >= 0),
    -- JSON: seller, buyer and what is said besides, as they were then.
    particulars      TEXT NOT NULL
);
CREATE INDEX invoices_by_account ON invoices (account_id, id);
CREATE INDEX invoices_by_order ON invoices (order_id);

-- The last number of each range.
CREATE TABLE invoice_ranges (
    prefix           TEXT NOT NULL PRIMARY KEY,
    last             BIGINT NOT NULL CHECK (last > 0)
);

-- A JSON object: what stands on the invoices of an account.
ALTER TABLE accounts ADD COLUMN billing_details TEXT;

/* sqlite: CREATE TRIGGER invoices_stay BEFORE UPDATE ON invoices BEGIN SELECT RAISE(ABORT, 'an invoice stays as it was issued'); END;
CREATE TRIGGER invoices_keep BEFORE DELETE ON invoices BEGIN SELECT RAISE(ABORT, 'an invoice stays as it was issued'); END; */
/* postgres: CREATE FUNCTION invoices_stay_as_issued() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'an invoice stays as it was issued'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER invoices_stay BEFORE UPDATE OR DELETE ON invoices FOR EACH ROW EXECUTE FUNCTION invoices_stay_as_issued(); */
