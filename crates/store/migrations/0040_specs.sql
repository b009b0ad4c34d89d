-- One spec per provider, model and deployment, as the JSON that the management API shows. Beside it stand only the
-- columns that name a row, that other tables are joined by, or that are sealed.

CREATE TABLE provider_specs (
    name       TEXT PRIMARY KEY,
    spec       TEXT NOT NULL,
    -- Sealed for the provider and its address.
    credential BLOB
);

/* sqlite: INSERT INTO provider_specs (name, spec, credential)
SELECT name, json_object('name', name, 'kind', kind, 'base_url', base_url,
    'credential', json_object('source', CASE WHEN credential IS NOT NULL THEN 'sealed'
        WHEN credential_env IS NOT NULL THEN 'env' ELSE 'none' END, 'env', credential_env),
    'serves_test_keys', json(CASE WHEN serves_test_keys THEN 'true' ELSE 'false' END),
    'stream_usage', stream_usage), credential
FROM providers; */
/* postgres: INSERT INTO provider_specs (name, spec, credential)
SELECT name, CAST(json_build_object('name', name, 'kind', kind, 'base_url', base_url,
    'credential', json_build_object('source', CASE WHEN credential IS NOT NULL THEN 'sealed'
        WHEN credential_env IS NOT NULL THEN 'env' ELSE 'none' END, 'env', credential_env),
    'serves_test_keys', serves_test_keys, 'stream_usage', stream_usage) AS TEXT), credential
FROM providers; */

DROP TABLE providers;
ALTER TABLE provider_specs RENAME TO providers;

CREATE TABLE model_specs (
    id            TEXT PRIMARY KEY,
    min_tier      TEXT NOT NULL REFERENCES tiers (id),
    spec          TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- Prices were whole nano-dollars; a spec writes them as decimal dollars.
/* sqlite: INSERT INTO model_specs (id, min_tier, spec, created_at_ms)
SELECT id, min_tier, json_object('id', id, 'display_name', display_name, 'owned_by', owned_by,
    'model_type', model_type, 'min_tier', min_tier, 'context_length', context_length,
    'max_output_tokens', max_output_tokens, 'capabilities', json(capabilities), 'aliases', json(aliases),
    'pricing_unit', pricing_unit, 'prices', json_object(
        'input', printf('%d.%09d', input_price_nanos / 1000000000, input_price_nanos % 1000000000),
        'output', printf('%d.%09d', output_price_nanos / 1000000000, output_price_nanos % 1000000000)),
    'is_public', json(CASE WHEN is_public THEN 'true' ELSE 'false' END),
    'stream_timeout_seconds', stream_timeout_seconds), created_at_ms
FROM models; */
/* postgres: INSERT INTO model_specs (id, min_tier, spec, created_at_ms)
SELECT id, min_tier, CAST(json_build_object('id', id, 'display_name', display_name, 'owned_by', owned_by,
    'model_type', model_type, 'min_tier', min_tier, 'context_length', context_length,
    'max_output_tokens', max_output_tokens, 'capabilities', CAST(capabilities AS JSON),
    'aliases', CAST(aliases AS JSON), 'pricing_unit', pricing_unit, 'prices', json_build_object(
        'input', (input_price_nanos / 1000000000) || '.' || lpad(CAST(input_price_nanos % 1000000000 AS TEXT), 9, '0'),
        'output', (output_price_nanos / 1000000000) || '.' || lpad(CAST(output_price_nanos % 1000000000 AS TEXT), 9, '0')),
    'is_public', is_public, 'stream_timeout_seconds', stream_timeout_seconds) AS TEXT), created_at_ms
FROM models; */

DROP TABLE models;
ALTER TABLE model_specs RENAME TO models;

-- A deployment was named by what it joins; it gets an id, so that a provider can serve a model more than once.
CREATE TABLE deployment_specs (
    id            TEXT PRIMARY KEY,
    model_id      TEXT NOT NULL,
    provider_name TEXT NOT NULL,
    spec          TEXT NOT NULL
);

-- `UUIDv7` (RFC 9562): milliseconds, the version, and random bits. PostgreSQL 12 has no function for random UUIDs.
/* sqlite: INSERT INTO deployment_specs (id, model_id, provider_name, spec)
SELECT 'dep_' || printf('%012x', CAST(strftime('%s', 'now') AS INTEGER) * 1000)
    || '7' || lower(substr(hex(randomblob(2)), 2)) || '8' || lower(substr(hex(randomblob(8)), 2)),
    model_id, provider_name, json_object('model', model_id, 'provider', provider_name, 'name', CAST(NULL AS TEXT),
    'upstream_model', upstream_model, 'weight', weight)
FROM deployments; */
/* postgres: INSERT INTO deployment_specs (id, model_id, provider_name, spec)
SELECT 'dep_' || lpad(to_hex(CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT)), 12, '0')
    || '7' || substr(md5(CAST(random() AS TEXT) || model_id || provider_name || upstream_model), 1, 3)
    || '8' || substr(md5(CAST(random() AS TEXT) || upstream_model || provider_name || model_id), 1, 15),
    model_id, provider_name, CAST(json_build_object('model', model_id, 'provider', provider_name, 'name', CAST(NULL AS TEXT),
    'upstream_model', upstream_model, 'weight', weight) AS TEXT)
FROM deployments; */

DROP TABLE deployments;
ALTER TABLE deployment_specs RENAME TO deployments;
