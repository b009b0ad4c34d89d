-- How much of each server's journal of usage is in usage_events: moved in the transaction of the events.
CREATE TABLE usage_cursors (
    journal          TEXT NOT NULL PRIMARY KEY,
    segment          BIGINT NOT NULL,
    byte_offset      BIGINT NOT NULL,
    moved_at_ms      BIGINT NOT NULL
);
