//! Connections after a statement failed or a server fell silent.

use std::os::unix::fs::PermissionsExt;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use store::auth_log::{self, AuthChange, Renewal};
use store::members::{self, Role};
use store::{Db, StoreError, instance_metadata};

use crate::support::{NOW_MS, an_account, on_each_engine, postgres_schema};

async fn open_sqlite(folder: &tempfile::TempDir) -> Db {
    let url = format!("sqlite:{}/test.db", folder.path().display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    db
}

/// Runs a statement on the connection that writes.
async fn on_writer(db: &Db, sql: String) -> i64 {
    let Db::Sqlite { writer, .. } = db else {
        return 0;
    };
    let row = writer.fetch_optional(AssertSqlSafe(sql)).await.unwrap();
    row.map_or(0, |row| row.get(0))
}

/// Fills the database until it takes no more.
async fn fill(db: &Db) -> StoreError {
    let pages = on_writer(db, "PRAGMA page_count".to_owned()).await;
    on_writer(db, format!("PRAGMA max_page_count = {}", pages + 1)).await;
    let mut round = 0;
    loop {
        round += 1;
        assert!(round < 100, "the database has no bound");
        if let Err(error) =
            instance_metadata::keep(db, &format!("fact {round}"), &"x".repeat(4_096)).await
        {
            return error;
        }
    }
}

#[tokio::test]
async fn the_writer_comes_back_when_the_disk_was_full() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_sqlite(&folder).await;
    for _ in 0..3 {
        let error = fill(&db).await;
        assert!(
            matches!(error, StoreError::Unavailable(_)) && error.to_string().contains("full"),
            "{error}"
        );
        an_account(&db, "free").await;
    }
    db.close().await;
}

#[tokio::test]
async fn a_connection_is_kept_after_a_constraint_and_thrown_away_after_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let db = open_sqlite(&folder).await;
    on_writer(&db, "PRAGMA cache_size = 77".to_owned()).await;
    let mark = || on_writer(&db, "PRAGMA cache_size".to_owned());
    let mut tx = db.begin().await.unwrap();
    let (account, user) = ("acct_unknown".into(), "usr_unknown".into());
    let refused = members::insert(&mut tx, &account, &user, Role::Owner, NOW_MS).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    drop(tx);
    assert_eq!(mark().await, 77, "rolled back, and kept");
    an_account(&db, "free").await;
    assert_eq!(mark().await, 77);
    fill(&db).await;
    assert_ne!(mark().await, 77, "what failed is another connection now");
    db.close().await;
}

#[tokio::test]
async fn the_files_of_sqlite_are_for_their_owner_only_also_those_of_an_earlier_version() {
    let folder = tempfile::tempdir().unwrap();
    let modes = || {
        ["", "-wal", "-shm"].map(|end| {
            let path = folder.path().join(format!("test.db{end}"));
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777
        })
    };
    let db = open_sqlite(&folder).await;
    assert_eq!(modes(), [0o600; 3]);
    for end in ["", "-wal", "-shm"] {
        let path = folder.path().join(format!("test.db{end}"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o664)).unwrap();
    }
    let again = open_sqlite(&folder).await;
    assert_eq!(modes(), [0o600; 3]);
    again.close().await;
    db.close().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named_with_its_place_and_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    for (url, place, cause) in [
        (
            format!("postgres://u:s3cret@127.0.0.1:{port}/x"),
            format!("PostgreSQL at 127.0.0.1:{port} (database \"x\", user \"u\")"),
            "refused",
        ),
        (
            format!("sqlite:{}/none/test.db", folder.path().display()),
            format!("SQLite file {}/none/test.db", folder.path().display()),
            "No such file or directory",
        ),
        (
            format!("sqlite:{}", folder.path().display()),
            format!("SQLite file {}", folder.path().display()),
            "Is a directory",
        ),
    ] {
        let error = Db::open(&url).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&place) && text.contains(cause), "{text}");
        assert!(!text.contains("s3cret") && !text.contains("pool"), "{text}");
        assert!(matches!(error, StoreError::Unreachable { .. }));
    }
}

#[tokio::test]
async fn a_log_that_has_lost_lines_or_is_an_older_one_makes_a_replica_begin_afresh() {
    on_each_engine(|db| async move {
        auth_log::register(&db, "replica", 0, 5_000, NOW_MS)
            .await
            .unwrap();
        let mut tx = db.begin().await.unwrap();
        let seq = auth_log::append(&mut tx, &AuthChange::Catalog, NOW_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let renew = |applied| auth_log::renew(&db, "replica", applied, NOW_MS);
        assert_eq!(renew(seq).await.unwrap(), Renewal::Lines(vec![]));
        assert_eq!(
            renew(seq + 7).await.unwrap(),
            Renewal::Evicted,
            "the database is older than what was applied"
        );
        auth_log::prune(&db, NOW_MS + 8 * 86_400_000).await.unwrap();
        assert_eq!(
            renew(seq - 1).await.unwrap(),
            Renewal::Evicted,
            "a line is missing"
        );
        assert_eq!(renew(seq).await.unwrap(), Renewal::Lines(vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_row_of_a_replica_that_somebody_holds_is_not_waited_for() {
    let Some(url) = postgres_schema().await else {
        return;
    };
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    auth_log::register(&db, "stopped", 0, 1_000, NOW_MS)
        .await
        .unwrap();
    auth_log::register(&db, "dead", 0, 1_000, NOW_MS)
        .await
        .unwrap();
    let mut tx = db.begin().await.unwrap();
    let seq = auth_log::append(&mut tx, &AuthChange::Catalog, NOW_MS)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut other = PgConnection::connect(&url).await.unwrap();
    other
        .execute("BEGIN; UPDATE replicas SET lease_ms = lease_ms WHERE id = 'stopped'")
        .await
        .unwrap();
    // To wait for the row would end in an error, after lock_timeout.
    auth_log::evict_behind(&db, seq, "").await.unwrap();
    assert_eq!(
        auth_log::list_replicas(&db).await.unwrap().len(),
        1,
        "the other one is gone"
    );
    other.execute("ROLLBACK").await.unwrap();
    auth_log::evict_behind(&db, seq, "").await.unwrap();
    assert_eq!(auth_log::behind(&db, seq, "").await.unwrap(), None);
    db.close().await;
}

#[tokio::test]
async fn a_session_of_ours_that_falls_silent_within_a_transaction_lets_go_of_its_rows() {
    let Some(url) = postgres_schema().await else {
        return;
    };
    let stopped = Db::open(&url).await.unwrap();
    stopped.migrate().await.unwrap();
    let healthy = Db::open(&url).await.unwrap();
    let mut silent = stopped.begin().await.unwrap();
    auth_log::lock(&mut silent).await.unwrap();
    let mut tx = healthy.begin().await.unwrap();
    // So too here, if the other one kept the row for longer than its session may be idle.
    auth_log::append(&mut tx, &AuthChange::Catalog, NOW_MS)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(
        auth_log::lock(&mut silent).await,
        Err(StoreError::Unavailable(_))
    ));
    drop(silent);
    an_account(&stopped, "free").await;
    stopped.close().await;
    healthy.close().await;
}

#[tokio::test]
async fn a_row_that_a_stranger_holds_for_long_is_given_up_and_what_was_on_the_way_is_not_there() {
    let Some(url) = postgres_schema().await else {
        return;
    };
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    let mut stranger = PgConnection::connect(&url).await.unwrap();
    stranger
        .execute("BEGIN; SELECT 1 FROM auth_head FOR UPDATE")
        .await
        .unwrap();
    let mut tx = db.begin().await.unwrap();
    let given_up = auth_log::lock(&mut tx).await;
    assert!(
        matches!(given_up, Err(StoreError::Unavailable(_))),
        "{given_up:?}"
    );
    drop(tx);
    stranger.execute("ROLLBACK").await.unwrap();
    let mut tx = db.begin().await.unwrap();
    auth_log::lock(&mut tx).await.unwrap();
    drop(tx);
    db.close().await;
}
