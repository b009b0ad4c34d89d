-- Refunds of paid orders.
CREATE TABLE payment_refunds (
    id               TEXT NOT NULL PRIMARY KEY,
    order_id         TEXT NOT NULL REFERENCES payment_orders (id),
    at_ms            BIGINT NOT NULL,
    amount_minor     BIGINT NOT NULL CHECK (amount_minor > 0),
    -- The credits that were taken back for it, in nano-dollars.
    credits_nanos    BIGINT NOT NULL CHECK (credits_nanos > 0),
    -- pending, done, failed or by_hand.
    status           TEXT NOT NULL,
    reason           TEXT NOT NULL,
    made_by          TEXT NOT NULL
);
CREATE INDEX payment_refunds_by_order ON payment_refunds (order_id);
CREATE INDEX payment_refunds_by_status ON payment_refunds (status, at_ms);
