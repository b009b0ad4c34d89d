-- Providers, models and the deployments that join them.

CREATE TABLE providers (
    name             TEXT PRIMARY KEY,
    kind             TEXT NOT NULL,
    base_url         TEXT,
    -- The credential: the name of an environment variable, or sealed bytes, or neither.
    credential_env   TEXT,
    credential       BLOB,
    serves_test_keys BOOLEAN NOT NULL
);

CREATE TABLE models (
    id                 TEXT PRIMARY KEY,
    display_name       TEXT NOT NULL,
    owned_by           TEXT NOT NULL,
    model_type         TEXT NOT NULL,
    min_tier           TEXT NOT NULL REFERENCES tiers (id),
    context_length     BIGINT,
    max_output_tokens  BIGINT,
    -- JSON arrays of strings.
    capabilities       TEXT NOT NULL,
    aliases            TEXT NOT NULL,
    pricing_unit       TEXT NOT NULL,
    input_price_nanos  BIGINT NOT NULL,
    output_price_nanos BIGINT NOT NULL,
    is_public          BOOLEAN NOT NULL,
    created_at_ms      BIGINT NOT NULL
);

CREATE TABLE deployments (
    model_id       TEXT NOT NULL REFERENCES models (id),
    provider_name  TEXT NOT NULL REFERENCES providers (name),
    upstream_model TEXT NOT NULL,
    weight         BIGINT NOT NULL,
    PRIMARY KEY (model_id, provider_name, upstream_model)
);
