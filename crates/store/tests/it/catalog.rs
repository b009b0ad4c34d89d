use store::StoreError;
use store::catalog::{self, CatalogRows, DeploymentRow, ModelRow, ProviderRow};

use crate::support::{NOW_MS, on_each_engine};

fn rows() -> CatalogRows {
    CatalogRows {
        providers: vec![ProviderRow {
            name: "openai".to_owned(),
            kind: "openai".to_owned(),
            base_url: None,
            credential_env: None,
            credential: Some(vec![0, 255, 7]),
            serves_test_keys: false,
            stream_usage: Some("never".to_owned()),
        }],
        models: vec![ModelRow {
            id: "vendor/model".to_owned(),
            display_name: "Model".to_owned(),
            owned_by: "vendor".to_owned(),
            model_type: "chat".to_owned(),
            min_tier: "basic".to_owned(),
            context_length: Some(128_000),
            max_output_tokens: None,
            capabilities: vec!["chat".to_owned()],
            aliases: vec![],
            pricing_unit: "per_million_tokens".to_owned(),
            input_price_nanos: 2_500_000_000,
            output_price_nanos: 0,
            is_public: true,
            stream_timeout_seconds: Some(900),
            created_at_ms: NOW_MS,
        }],
        deployments: vec![DeploymentRow {
            model_id: "vendor/model".to_owned(),
            provider_name: "openai".to_owned(),
            upstream_model: "model-2026".to_owned(),
            weight: 3,
        }],
    }
}

#[tokio::test]
async fn the_catalogue_reads_back_as_it_was_written_and_deployments_are_replaced() {
    on_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        catalog::upsert(&mut tx, &rows(), NOW_MS).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(catalog::load(&db).await.unwrap().0, rows());

        let mut other = rows();
        other.deployments[0].upstream_model = "model-2027".to_owned();
        let mut tx = db.begin().await.unwrap();
        catalog::upsert(&mut tx, &other, NOW_MS).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(catalog::load(&db).await.unwrap().0, other);
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
