-- How long streams of a model may be silent, and how a provider is asked for the usage of a stream. NULL: as the
-- settings and the kind of the provider say.
ALTER TABLE models ADD COLUMN stream_timeout_seconds BIGINT;
ALTER TABLE providers ADD COLUMN stream_usage TEXT;
