-- How many requests of one key may run at the same time; `NULL` is unlimited, as for every limit.
ALTER TABLE tiers ADD COLUMN concurrent_requests BIGINT;

UPDATE tiers SET concurrent_requests = 10 WHERE id = 'free';
UPDATE tiers SET concurrent_requests = 50 WHERE id = 'basic';
UPDATE tiers SET concurrent_requests = 200 WHERE id = 'pro';
