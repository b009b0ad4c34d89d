-- Tables of Bifrost (github.com/maximhq/bifrost, Apache-2.0), TensorZero (github.com/tensorzero/tensorzero, Apache-2.0) and gpt-load
-- (github.com/tbphp/gpt-load, MIT): the columns that are read, in one file, and rows made for the test. Hashes are the SHA-256 of
-- `sk-bf-ffffffff-1111-2222-3333-444455556666` and of `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV`.
CREATE TABLE governance_virtual_keys (id text PRIMARY KEY, name text, description text, value text, is_active numeric, team_id text,
    customer_id text, rate_limit_id text, encryption_status text, value_hash text);
CREATE TABLE governance_teams (id text PRIMARY KEY, name text, customer_id text);
CREATE TABLE governance_customers (id text PRIMARY KEY, name text);
INSERT INTO governance_teams VALUES ('t-1', 'Team', 'c-1');
INSERT INTO governance_customers VALUES ('c-1', 'Customer');
INSERT INTO governance_virtual_keys VALUES
    ('vk-1', 'in the clear', '', 'sk-bf-0a1b2c3d-1111-2222-3333-444455556666', 1, 't-1', NULL, NULL, 'plain_text', ''),
    ('vk-2', 'encrypted', '', 'AAAA', 1, NULL, 'c-1', NULL, 'encrypted', '479fe2d275738ddafe0c79c291a3a6742df35fc15ac7856aff31ad4028db7d30'),
    ('vk-3', 'switched off', '', 'sk-bf-99999999-1111-2222-3333-444455556666', 0, NULL, 'c-1', NULL, 'plain_text', '');
CREATE TABLE tensorzero_auth_api_key (id integer PRIMARY KEY, organization text, workspace text, description text, public_id text,
    hash text, disabled_at text, created_at text, updated_at text, expires_at text);
INSERT INTO tensorzero_auth_api_key VALUES (1, 'default', 'default', NULL, 'abcdefghijkl', 'f6beefcee3822f0f5c29ef73eeca34132b6a9243c8a5dfa2d1c6b806e4365bc6', NULL, '', '', NULL);
CREATE TABLE groups (id integer PRIMARY KEY, name text, group_type text, proxy_keys text, upstreams text, channel_type text);
INSERT INTO groups VALUES (1, 'main', 'standard', 'sk-client-one-aaaaaaaa,sk-client-two-bbbbbbbb', '[]', 'openai');
