-- The tables of LiteLLM that are read, after its schema.prisma (github.com/BerriAI/litellm, MIT), in the types of PostgreSQL,
-- and rows made for the test. Tokens are the SHA-256 of `sk-litellm-key-of-a-team` and `sk-litellm-key-of-nobody`.
CREATE TABLE "LiteLLM_TeamTable" (team_id TEXT PRIMARY KEY, team_alias TEXT, organization_id TEXT, admins TEXT[], members TEXT[],
    members_with_roles JSONB NOT NULL DEFAULT '{}', metadata JSONB NOT NULL DEFAULT '{}', max_budget DOUBLE PRECISION,
    spend DOUBLE PRECISION NOT NULL DEFAULT 0, models TEXT[], max_parallel_requests INTEGER, tpm_limit BIGINT, rpm_limit BIGINT,
    budget_duration TEXT, budget_reset_at TIMESTAMP(3), blocked BOOLEAN NOT NULL DEFAULT false);
CREATE TABLE "LiteLLM_UserTable" (user_id TEXT PRIMARY KEY, user_alias TEXT, team_id TEXT, max_budget DOUBLE PRECISION,
    spend DOUBLE PRECISION NOT NULL DEFAULT 0, user_email TEXT, models TEXT[], tpm_limit BIGINT, rpm_limit BIGINT,
    budget_duration TEXT);
CREATE TABLE "LiteLLM_VerificationToken" (token TEXT PRIMARY KEY, key_name TEXT, key_alias TEXT,
    spend DOUBLE PRECISION NOT NULL DEFAULT 0, expires TIMESTAMP(3), models TEXT[], aliases JSONB NOT NULL DEFAULT '{}',
    config JSONB NOT NULL DEFAULT '{}', user_id TEXT, team_id TEXT, permissions JSONB NOT NULL DEFAULT '{}',
    max_parallel_requests INTEGER, metadata JSONB NOT NULL DEFAULT '{}', blocked BOOLEAN, tpm_limit BIGINT, rpm_limit BIGINT,
    max_budget DOUBLE PRECISION, budget_duration TEXT, budget_reset_at TIMESTAMP(3));
INSERT INTO "LiteLLM_TeamTable" (team_id, team_alias, max_budget, spend, budget_duration, rpm_limit) VALUES ('t-1', 'Research', 10, 4, '30d', 90);
INSERT INTO "LiteLLM_VerificationToken" (token, key_name, key_alias, team_id, models, max_budget, spend, expires, blocked, rpm_limit, tpm_limit) VALUES
    (encode(sha256('sk-litellm-key-of-a-team'), 'hex'), 'sk-...team', 'batch', 't-1', '{sandbox-small}', 5, 2, '2036-01-01 00:00:00', false, NULL, 0),
    (encode(sha256('sk-litellm-key-of-nobody'), 'hex'), 'sk-...body', NULL, NULL, '{all-team-models}', NULL, 0, NULL, NULL, 7, NULL),
    (encode(sha256('sk-litellm-key-of-yesterday'), 'hex'), 'sk-...rday', NULL, NULL, '{}', NULL, 0, '2020-01-01 00:00:00', NULL, NULL, NULL),
    (encode(sha256('sk-litellm-key-that-is-blocked'), 'hex'), 'sk-...cked', NULL, NULL, '{}', NULL, 0, NULL, true, NULL, NULL);
