-- What payment providers said of orders, as it came, and what was made of it: never changed and never removed.
CREATE TABLE payment_events (
    id               TEXT NOT NULL PRIMARY KEY,
    provider         TEXT NOT NULL,
    -- The provider's id of it, or a digest of it: each is taken once.
    event_ref        TEXT NOT NULL,
    -- Null if it names no order of ours.
    order_id         TEXT REFERENCES payment_orders (id),
    -- notify, query or refund.
    source           TEXT NOT NULL,
    at_ms            BIGINT NOT NULL,
    verdict          TEXT NOT NULL,
    needs_attention  BOOLEAN NOT NULL,
    -- The verdict in words, for operators.
    detail           TEXT NOT NULL,
    raw              TEXT NOT NULL,
    UNIQUE (provider, event_ref)
);
CREATE INDEX payment_events_by_order ON payment_events (order_id, id);

/* sqlite: CREATE TRIGGER payment_events_stay BEFORE UPDATE ON payment_events BEGIN SELECT RAISE(ABORT, 'payment events are append-only'); END;
CREATE TRIGGER payment_events_keep BEFORE DELETE ON payment_events BEGIN SELECT RAISE(ABORT, 'payment events are append-only'); END; */
/* postgres: CREATE FUNCTION payment_events_are_append_only() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'payment events are append-only'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER payment_events_stay BEFORE UPDATE OR DELETE ON payment_events FOR EACH ROW EXECUTE FUNCTION payment_events_are_append_only(); */
