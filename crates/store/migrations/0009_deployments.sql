-- A deployment may join what the database holds with what a file or the built-in catalogue holds: names are
-- checked against the whole catalogue, not against these tables.

CREATE TABLE deployments_of_all (
    model_id       TEXT NOT NULL,
    provider_name  TEXT NOT NULL,
    upstream_model TEXT NOT NULL,
    weight         BIGINT NOT NULL,
    PRIMARY KEY (model_id, provider_name, upstream_model)
);

INSERT INTO deployments_of_all SELECT model_id, provider_name, upstream_model, weight FROM deployments;
DROP TABLE deployments;
ALTER TABLE deployments_of_all RENAME TO deployments;
