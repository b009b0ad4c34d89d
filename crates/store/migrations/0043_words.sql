-- The field's words for what was named otherwise.
UPDATE key_events SET kind = 'request_spike' WHERE kind = 'request_slope';
UPDATE key_events SET kind = 'spend_spike' WHERE kind = 'spend_slope';
UPDATE key_events SET kind = 'costlier_model' WHERE kind = 'dearer_model';
UPDATE webhook_deliveries SET body = REPLACE(body, 'request_slope', 'request_spike');
UPDATE webhook_deliveries SET body = REPLACE(body, 'spend_slope', 'spend_spike');
UPDATE webhook_deliveries SET body = REPLACE(body, 'dearer_model', 'costlier_model');
UPDATE key_habits SET habits = REPLACE(habits, '"dearest_nanos"', '"costliest_nanos"');
UPDATE api_keys SET held_kind = 'request_spike' WHERE held_kind = 'request_slope';
UPDATE api_keys SET held_kind = 'spend_spike' WHERE held_kind = 'spend_slope';
UPDATE api_keys SET held_kind = 'costlier_model' WHERE held_kind = 'dearer_model';
ALTER TABLE api_keys RENAME COLUMN held TO quarantine;
ALTER TABLE api_keys RENAME COLUMN held_since_ms TO quarantine_since_ms;
ALTER TABLE api_keys RENAME COLUMN held_by TO quarantine_event_id;
ALTER TABLE api_keys RENAME COLUMN held_kind TO quarantine_kind;
ALTER TABLE key_habits RENAME TO key_baselines;
ALTER TABLE key_baselines RENAME COLUMN habits TO baseline;
ALTER TABLE facts RENAME TO instance_metadata;
UPDATE usage_events SET detail = REPLACE(detail, '"outcome":"answered"', '"outcome":"responded"');
