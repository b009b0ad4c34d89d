use sqlx::{Connection, Executor, SqliteConnection};
use store::{Db, StoreError, facts};

use crate::support::on_each_engine;

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    on_each_engine(|db| async move {
        let version = db.schema_version().await.unwrap();
        assert!(version.is_some());
        db.migrate().await.unwrap();
        assert_eq!(db.schema_version().await.unwrap(), version);
    })
    .await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newer.db");
    let url = format!("sqlite:{}", path.display());
    let db = Db::open(&url).await.unwrap();
    assert_eq!(db.schema_version().await.unwrap(), None);
    db.migrate().await.unwrap();
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)";
    connection.execute(newer).await.unwrap();
    let error = db.migrate().await.unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { version: 9999 }),
        "{error:?}"
    );
    db.close().await;
}

#[tokio::test]
async fn a_url_of_another_engine_is_refused() {
    assert!(matches!(
        Db::open("mysql://x").await.unwrap_err(),
        StoreError::Conflict { .. }
    ));
}

#[tokio::test]
async fn a_fact_is_kept_once() {
    on_each_engine(|db| async move {
        assert_eq!(facts::keep(&db, "master_key", "one").await.unwrap(), "one");
        assert_eq!(facts::keep(&db, "master_key", "two").await.unwrap(), "one");
    })
    .await;
}
