//! A fresh database per test, on each engine.

use std::future::Future;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::accounts::{self, Account, AccountStatus};
use store::api_keys::{self, AnomalyAction, ApiKey, Environment, Restrictions};
use store::key_limits::KeyLimits;
use store::limit_override::LimitOverride;
use store::sealed::MasterKey;
use store::secret::{KeyDigest, PlainKey};
use store::{AccountId, ApiKeyId, Db, RequestId};

pub(crate) const NOW_MS: i64 = 1_790_000_000_000;

/// Runs `body` over each engine that is there.
pub(crate) async fn on_each_engine<F, Fut>(body: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    body(db.clone()).await;
    db.close().await;
    if let Some(url) = postgres_schema().await {
        let db = Db::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        body(db.clone()).await;
        db.close().await;
    }
}

/// The URL of a new schema on the test server; dropped with the server.
pub(crate) async fn postgres_schema() -> Option<String> {
    let url = std::env::var_os("TEST_POSTGRES_URL")?
        .into_string()
        .unwrap();
    let schema = RequestId::generate().to_string();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    connection
        .execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
        .await
        .unwrap();
    let separator = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{separator}options[search_path]={schema}"))
}

pub(crate) async fn an_account(db: &Db, tier_id: &str) -> AccountId {
    let account = Account {
        id: AccountId::generate(),
        email: "dev@example.com".to_owned(),
        name: String::new(),
        notes: String::new(),
        key_rotation_days: Some(accounts::KEY_ROTATION_DAYS),
        budgets: vec![],
        operator_budgets: None,
        limits: LimitOverride::default(),
        tier_id: tier_id.to_owned(),
        status: AccountStatus::Active,
        created_at_ms: NOW_MS,
    };
    let mut tx = db.begin().await.unwrap();
    accounts::insert(&mut tx, &account).await.unwrap();
    tx.commit().await.unwrap();
    account.id
}

pub(crate) fn a_secret() -> (PlainKey, KeyDigest) {
    let secret = PlainKey::generate().unwrap();
    let digest = MasterKey::from_bytes(&[1; 32])
        .unwrap()
        .pepper()
        .digest(secret.reveal());
    (secret, digest)
}

pub(crate) async fn a_key(db: &Db, account_id: &AccountId) -> (ApiKey, KeyDigest) {
    let key = ApiKey {
        id: ApiKeyId::generate(),
        account_id: account_id.clone(),
        name: "Production Server".to_owned(),
        environment: Environment::Live,
        hint: String::new(),
        restrictions: Restrictions {
            models: Some(vec!["a/b".to_owned()]),
            ..Restrictions::default()
        },
        created_by: "ann@example.com".to_owned(),
        created_at_ms: NOW_MS,
        expires_at_ms: None,
        revoked_at_ms: None,
        last_use: None,
        anomaly_action: AnomalyAction::Notify,
        shows_cost: true,
        caches_prompts: false,
        budgets: vec![],
        own_limits: KeyLimits::default(),
        quarantine: None,
    };
    let (secret, digest) = a_secret();
    let mut tx = db.begin().await.unwrap();
    api_keys::insert(&mut tx, &key, &secret, digest)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (
        ApiKey {
            hint: secret.hint(),
            ..key
        },
        digest,
    )
}
