-- The mails of a notice are sent by one server at a time, which says until when it is at it. What it leaves another one
-- sends.
ALTER TABLE operator_notices ADD COLUMN mailed_at_ms BIGINT;
ALTER TABLE operator_notices ADD COLUMN end_mailed_at_ms BIGINT;
ALTER TABLE operator_notices ADD COLUMN mailing_until_ms BIGINT;
UPDATE operator_notices SET mailed_at_ms = told_at_ms, end_mailed_at_ms = end_told_at_ms;
