-- The tables of new-api that are read, with the columns that its sources declare (github.com/QuantumNous/new-api, model/*.go,
-- AGPL-3.0: names and types of columns only), and rows made for the test.
CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT, username text UNIQUE, password text NOT NULL, display_name text,
    role integer DEFAULT 1, status integer DEFAULT 1, email text, github_id text, oidc_id text, wechat_id text, telegram_id text,
    access_token char(32), quota integer DEFAULT 0, used_quota integer DEFAULT 0, request_count integer DEFAULT 0,
    "group" varchar(64) DEFAULT 'default', aff_code varchar(32), aff_count integer, aff_quota integer, aff_history integer,
    inviter_id integer, deleted_at datetime, linux_do_id text, setting text, remark varchar(255), stripe_customer varchar(64));
CREATE TABLE tokens (id integer PRIMARY KEY AUTOINCREMENT, user_id integer, key char(48) UNIQUE, status integer DEFAULT 1, name text,
    created_time bigint, accessed_time bigint, expired_time bigint DEFAULT -1, remain_quota integer DEFAULT 0,
    unlimited_quota numeric, model_limits_enabled numeric, model_limits varchar(1024) DEFAULT '', allow_ips text DEFAULT '',
    used_quota integer DEFAULT 0, "group" text DEFAULT '', deleted_at datetime);
CREATE TABLE channels (id integer PRIMARY KEY AUTOINCREMENT, type integer DEFAULT 0, key text NOT NULL, openai_organization text,
    test_model text, status integer DEFAULT 1, name text, weight integer DEFAULT 0, created_time bigint, test_time bigint,
    response_time integer, base_url text DEFAULT '', other text, balance real, balance_updated_time bigint, models text,
    "group" varchar(64) DEFAULT 'default', used_quota bigint DEFAULT 0, model_mapping text, status_code_mapping varchar(1024) DEFAULT '',
    priority bigint DEFAULT 0, auto_ban integer DEFAULT 1, other_info text, tag text, setting text, param_override text);
CREATE TABLE options (key text PRIMARY KEY, value text);

INSERT INTO users (id, username, password, display_name, role, status, email, quota, "group") VALUES
    (1, 'root', 'x', 'Root User', 100, 1, '', 500000000, 'default'),
    (2, 'li', 'x', '李', 1, 1, 'li@example.com', 1234567, 'vip'),
    (3, 'gone', 'x', '', 1, 1, '', 5, 'default'),
    (4, 'blocked', 'x', '', 1, 2, 'blocked@example.com', 0, 'default');
UPDATE users SET deleted_at = '2026-01-01 00:00:00' WHERE id = 3;
INSERT INTO tokens (id, user_id, key, status, name, expired_time, remain_quota, unlimited_quota, model_limits_enabled, model_limits, allow_ips) VALUES
    (1, 1, 'aB3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl', 1, 'root key', -1, 0, 1, 0, '', ''),
    (2, 2, 'zZ3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl', 1, 'limited', -1, 250000, 0, 1, 'sandbox-small,gpt-x', ''),
    (3, 2, 'nN3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl', 1, 'elsewhere', -1, 0, 1, 0, '', '203.0.113.9
198.51.100.0/24'),
    (4, 2, 'dD3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl', 2, 'disabled', -1, 0, 1, 0, '', ''),
    (5, 2, 'eE3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl', 1, 'ended', 1600000000, 0, 1, 0, '', ''),
    (6, 3, 'gG3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl', 1, 'of nobody', -1, 0, 1, 0, '', ''),
    (7, 4, 'bB3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefghijkl', 1, 'of a blocked user', -1, 0, 1, 0, '', '');
INSERT INTO channels (id, type, key, status, name, weight, base_url, models, model_mapping, priority) VALUES
    (1, 8, 'first-credential
second-credential', 1, 'Relay', 3, 'https://203.0.113.7', 'gpt-x,gpt-y', '{"gpt-y": "vendor/gpt-y"}', 10),
    (2, 36, 'x', 1, 'Songs', 0, '', 'suno', '', 0);
INSERT INTO options VALUES ('QuotaPerUnit', '500000'), ('ModelRatio', '{"gpt-x": 1.25, "gpt-y": 2}'),
    ('CompletionRatio', '{"gpt-x": 4}'), ('CacheRatio', '{"gpt-x": 0.5}'), ('ModelPrice', '{"gpt-y": 0.04}'),
    ('GroupRatio', '{"default": 1, "vip": 0.8}');
