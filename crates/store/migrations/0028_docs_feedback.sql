-- What readers of the documentation said of its pages. No address is kept.
CREATE TABLE docs_feedback (
    id TEXT PRIMARY KEY,
    page TEXT NOT NULL,
    is_helpful BOOLEAN NOT NULL,
    comment TEXT NOT NULL,
    language TEXT NOT NULL,
    user_id TEXT REFERENCES users (id),
    at_ms BIGINT NOT NULL
);

CREATE INDEX docs_feedback_by_page ON docs_feedback (page, id);
