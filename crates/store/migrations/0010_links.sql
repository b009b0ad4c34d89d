-- What a link that works once brings about, besides whom it is for: a sign-up waits here until its
-- address is confirmed.
ALTER TABLE one_time_links ADD COLUMN payload TEXT;

CREATE INDEX one_time_links_by_user ON one_time_links (user_id, kind);

CREATE INDEX one_time_links_by_end ON one_time_links (expires_at_ms);

CREATE INDEX sessions_by_end ON sessions (expires_at_ms);

CREATE INDEX invites_by_email ON invites (email);
