use sqlx::{Connection, Executor, SqliteConnection};
use store::{Db, StoreError, instance_metadata};

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
async fn metadata_is_kept_once() {
    on_each_engine(|db| async move {
        assert_eq!(
            instance_metadata::keep(&db, "master_key", "one")
                .await
                .unwrap(),
            "one"
        );
        assert_eq!(
            instance_metadata::keep(&db, "master_key", "two")
                .await
                .unwrap(),
            "one"
        );
    })
    .await;
}

#[tokio::test]
async fn a_database_from_before_gets_the_words_of_today() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let off = "PRAGMA foreign_keys = OFF";
    connection.execute(off).await.unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        if file.ends_with("0043_words.sql") {
            connection.execute(OLD_WORDS).await.unwrap();
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.replace("/* sqlite: ", "").replace(" */", "");
        connection.execute(sqlx::AssertSqlSafe(text)).await.unwrap();
    }
    for (sql, expected) in [
        ("SELECT kind FROM key_events", "request_spike"),
        (
            "SELECT baseline FROM key_baselines",
            r#"{"costliest_nanos":1}"#,
        ),
        (
            "SELECT body FROM webhook_deliveries",
            r#"{"type":"api_key.spend_spike"}"#,
        ),
        (
            "SELECT value FROM instance_metadata WHERE name = 'kept'",
            "here",
        ),
    ] {
        let found: String = sqlx::query_scalar(sql)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(found, expected, "{sql}");
    }
}

const OLD_WORDS: &str = r#"
    INSERT INTO key_events (id, account_id, api_key_id, kind, action, facts, at_ms)
        VALUES ('kev_1', 'acct_1', 'key_1', 'request_slope', 'notified', '{}', 1);
    INSERT INTO key_habits VALUES ('key_1', '{"dearest_nanos":1}', 1);
    INSERT INTO webhook_deliveries VALUES ('msg_1', 'hook_1', '{"type":"api_key.spend_slope"}', 0, 1);
    INSERT INTO facts VALUES ('kept', 'here');
"#;
