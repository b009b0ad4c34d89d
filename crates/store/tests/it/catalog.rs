use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use store::catalog::{self, CatalogRows, DeploymentRow, ModelRow, ProviderRow};
use store::{Db, StoreError};

use crate::support::{NOW_MS, on_each_engine, postgres_schema};

fn rows() -> CatalogRows {
    CatalogRows {
        providers: vec![ProviderRow {
            name: "openai".to_owned(),
            spec: r#"{"kind":"openai"}"#.to_owned(),
            credential: Some(vec![0, 255, 7]),
            credentials: Some(vec![1, 254]),
        }],
        models: vec![ModelRow {
            id: "vendor/model".to_owned(),
            min_tier: "basic".to_owned(),
            spec: r#"{"id":"vendor/model"}"#.to_owned(),
            created_at_ms: NOW_MS,
        }],
        deployments: vec![DeploymentRow {
            id: "dep_1".to_owned(),
            model_id: "vendor/model".to_owned(),
            provider_name: "openai".to_owned(),
            spec: r#"{"weight":3}"#.to_owned(),
        }],
    }
}

async fn upsert(db: &Db, rows: &CatalogRows) {
    let mut tx = db.begin().await.unwrap();
    catalog::upsert(&mut tx, rows, NOW_MS).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_catalogue_reads_back_as_it_was_written_and_deployments_are_replaced() {
    on_each_engine(|db| async move {
        upsert(&db, &rows()).await;
        assert_eq!(catalog::load(&db).await.unwrap().0, rows());

        let mut other = rows();
        other.deployments[0].id = "dep_2".to_owned();
        upsert(&db, &other).await;
        assert_eq!(catalog::load(&db).await.unwrap().0, other);
    })
    .await;
}

#[tokio::test]
async fn a_provider_serves_a_model_twice_and_one_of_the_two_goes() {
    on_each_engine(|db| async move {
        let mut twice = rows();
        let other = DeploymentRow {
            id: "dep_2".to_owned(),
            ..twice.deployments[0].clone()
        };
        twice.deployments.push(other);
        upsert(&db, &twice).await;
        assert_eq!(catalog::load(&db).await.unwrap().0, twice);

        let mut tx = db.begin().await.unwrap();
        assert!(
            catalog::delete_deployment(&mut tx, "dep_2").await.unwrap(),
            "there is one"
        );
        assert!(!catalog::delete_deployment(&mut tx, "dep_2").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(catalog::load(&db).await.unwrap().0, rows());
    })
    .await;
}

#[tokio::test]
async fn a_model_that_is_replaced_keeps_its_age() {
    on_each_engine(|db| async move {
        upsert(&db, &rows()).await;
        let mut newer = rows();
        newer.models[0].created_at_ms += 1;
        newer.models[0].spec = "{}".to_owned();
        upsert(&db, &newer).await;
        let model = catalog::load(&db).await.unwrap().0.models.remove(0);
        assert_eq!(
            (model.spec.as_str(), model.created_at_ms),
            ("{}", NOW_MS),
            "only its spec is another"
        );
    })
    .await;
}

#[tokio::test]
async fn a_model_of_an_unknown_tier_is_a_conflict() {
    on_each_engine(|db| async move {
        let mut wrong = rows();
        wrong.models[0].min_tier = "gold".to_owned();
        let mut tx = db.begin().await.unwrap();
        let error = catalog::upsert(&mut tx, &wrong, NOW_MS).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }));
    })
    .await;
}

/// The catalogue of a database of migration 36, in the tables of that time.
const COLUMNS: &str = r#"
INSERT INTO providers (name, kind, base_url, credential_env, credential, serves_test_keys, stream_usage) VALUES
    ('env', 'openai', NULL, 'A_"QUOTED"_NAME', NULL, FALSE, NULL),
    ('sealed', 'vllm', 'http://127.0.0.1:9/v1', NULL, SEALED, TRUE, 'never');
INSERT INTO models (id, display_name, owned_by, model_type, min_tier, context_length, max_output_tokens, capabilities,
    aliases, pricing_unit, input_price_nanos, output_price_nanos, is_public, created_at_ms, stream_timeout_seconds) VALUES
    ('vendor/model', 'Größe "XL" \', 'vendor', 'chat', 'basic', 128000, NULL, '["chat","vision"]', '[]',
        'per_million_tokens', 2500000000, 1, TRUE, 1790000000000, 900),
    ('other', 'Other', 'vendor', 'embedding', 'free', NULL, NULL, '[]', '["nick"]', 'per_request', 0, 75000000000,
        FALSE, 1790000000001, NULL);
INSERT INTO deployments (model_id, provider_name, upstream_model, weight) VALUES
    ('vendor/model', 'env', 'model-2026', 3), ('vendor/model', 'sealed', 'model-2026', 0), ('other', 'sealed', 'o', 1);
"#;

#[tokio::test]
async fn columns_of_an_older_version_become_specs() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("old.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate_to(36).await.unwrap();
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let sql = COLUMNS.replace("SEALED", "X'00ff07'");
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    carried_over(&db).await;
    if let Some(url) = postgres_schema().await {
        let db = Db::open(&url).await.unwrap();
        db.migrate_to(36).await.unwrap();
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let sql = COLUMNS.replace("SEALED", r"'\x00ff07'");
        connection.execute(AssertSqlSafe(sql)).await.unwrap();
        carried_over(&db).await;
        db.close().await;
    }
}

async fn carried_over(db: &Db) {
    db.migrate().await.unwrap();
    let (rows, unreadable) = catalog::load(db).await.unwrap();
    assert!(unreadable.is_empty(), "{unreadable:?}");
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();

    assert_eq!(
        read(&rows.providers[0].spec),
        json!({
            "name": "env", "kind": "openai", "base_url": null,
            "credential": { "source": "env", "env": "A_\"QUOTED\"_NAME" },
            "serves_test_keys": false, "stream_usage": null,
        })
    );
    assert_eq!(
        read(&rows.providers[1].spec),
        json!({
            "name": "sealed", "kind": "vllm", "base_url": "http://127.0.0.1:9/v1",
            "credential": { "source": "sealed", "env": null },
            "serves_test_keys": true, "stream_usage": "never",
        })
    );
    assert_eq!(rows.providers[1].credential, Some(vec![0, 255, 7]));

    assert_eq!(rows.models.len(), 2);
    let (other, model) = (&rows.models[0], &rows.models[1]);
    assert_eq!(
        read(&model.spec),
        json!({
            "id": "vendor/model", "display_name": "Größe \"XL\" \\", "owned_by": "vendor", "model_type": "chat",
            "min_tier": "basic", "context_length": 128_000, "max_output_tokens": null,
            "capabilities": ["chat", "vision"], "aliases": [], "pricing_unit": "per_million_tokens",
            "prices": { "input": "2.500000000", "output": "0.000000001" }, "is_public": true,
            "stream_timeout_seconds": 900,
        })
    );
    assert_eq!(
        (model.min_tier.as_str(), model.created_at_ms),
        ("basic", 1_790_000_000_000)
    );
    assert_eq!(
        read(&other.spec)["prices"],
        json!({ "input": "0.000000000", "output": "75.000000000" })
    );

    let deployments: Vec<_> = rows.deployments.iter().map(|row| read(&row.spec)).collect();
    assert_eq!(
        deployments,
        [
            json!({ "model": "other", "provider": "sealed", "name": null, "upstream_model": "o", "weight": 1 }),
            json!({ "model": "vendor/model", "provider": "env", "name": null, "upstream_model": "model-2026", "weight": 3 }),
            json!({ "model": "vendor/model", "provider": "sealed", "name": null, "upstream_model": "model-2026", "weight": 0 }),
        ]
    );
    let mut ids: Vec<&str> = rows.deployments.iter().map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    for id in ids {
        let digits = id.strip_prefix("dep_").unwrap();
        let is_hex = digits
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
        assert!(
            digits.len() == 32 && is_hex && digits[12..].starts_with('7'),
            "{id}"
        );
    }
}
