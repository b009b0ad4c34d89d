-- Orders of credits at payment providers. What is bought, from whom, for how much and for whom never changes.
CREATE TABLE payment_orders (
    id               TEXT NOT NULL PRIMARY KEY,
    account_id       TEXT NOT NULL REFERENCES accounts (id),
    -- The name of the provider in the configuration, and how it is paid there.
    provider         TEXT NOT NULL,
    method           TEXT NOT NULL,
    currency         TEXT NOT NULL,
    -- In the minor unit of the currency.
    amount_minor     BIGINT NOT NULL CHECK (amount_minor > 0),
    -- What it is worth, in nano-dollars.
    credits_nanos    BIGINT NOT NULL CHECK (credits_nanos > 0),
    created_by       TEXT NOT NULL,
    created_at_ms    BIGINT NOT NULL,
    expires_at_ms    BIGINT NOT NULL,
    -- open, processing, paid, expired, failed, refunded or disputed.
    status           TEXT NOT NULL,
    -- The checkout at the provider, where the buyer pays, and the payment that came of it.
    checkout_ref     TEXT,
    checkout_url     TEXT,
    payment_ref      TEXT,
    paid_at_ms       BIGINT,
    -- Money that went back, credits that went with it, and those that should have and were spent.
    refunded_minor   BIGINT NOT NULL CHECK (refunded_minor >= 0 AND refunded_minor <= amount_minor),
    taken_back_nanos BIGINT NOT NULL CHECK (taken_back_nanos >= 0),
    shortfall_nanos  BIGINT NOT NULL CHECK (shortfall_nanos >= 0),
    refund_requested_at_ms BIGINT,
    refund_request_reason  TEXT NOT NULL,
    -- The verdict for which an operator should look at it.
    attention        TEXT,
    -- When the provider was asked last, and is to be asked next.
    asked_at_ms      BIGINT,
    ask_at_ms        BIGINT,
    changes          BIGINT NOT NULL
);
-- A payment pays one order.
CREATE UNIQUE INDEX payment_orders_by_payment ON payment_orders (provider, payment_ref);
CREATE INDEX payment_orders_by_account ON payment_orders (account_id, id);
CREATE INDEX payment_orders_by_ask ON payment_orders (ask_at_ms);

/* sqlite: CREATE TRIGGER payment_orders_are_bound BEFORE UPDATE OF account_id, provider, method, currency, amount_minor, credits_nanos ON payment_orders
BEGIN SELECT RAISE(ABORT, 'an order is bound'); END; */
/* postgres: CREATE FUNCTION payment_order_is_bound() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'an order is bound'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER payment_orders_are_bound BEFORE UPDATE OF account_id, provider, method, currency, amount_minor, credits_nanos ON payment_orders
FOR EACH ROW EXECUTE FUNCTION payment_order_is_bound(); */
