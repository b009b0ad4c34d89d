-- JSON: the limits that an account has beside those of its tier; NULL: none.
ALTER TABLE accounts ADD COLUMN limits TEXT;
-- Who made a key, as the audit log called them then.
ALTER TABLE api_keys ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
UPDATE api_keys SET created_by = COALESCE((SELECT MAX(actor_label) FROM audit_log
    WHERE action = 'api_key.created' AND subject_id = api_keys.id), '');
