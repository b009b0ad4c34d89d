//! From SQLite to PostgreSQL.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::db::copy;
use store::{Db, StoreError, accounts, auth_log, instance_metadata, limit_sharing, tiers};

use super::support::{an_account, postgres_schema};

async fn a_database() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    (folder, db)
}

#[tokio::test]
async fn every_row_is_in_the_other_database_and_a_second_copy_is_refused() {
    let Some(url) = postgres_schema().await else {
        return;
    };
    let (_folder, from) = a_database().await;
    // More than one statement takes, words of more bytes than letters, and a change of a row of the schema's own.
    let first = an_account(&from, "free").await;
    let name = "雲信 ünïcödé";
    let mut tx = from.begin().await.unwrap();
    for number in 0..1_100 {
        let change = auth_log::AuthChange::Account(format!("acct_{number}").into());
        auth_log::append(&mut tx, &change, 7).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut account = accounts::get_account(&from, &first).await.unwrap();
    name.clone_into(&mut account.name);
    let mut tx = from.begin().await.unwrap();
    accounts::update(&mut tx, &account, 8).await.unwrap();
    tx.commit().await.unwrap();
    // Values that do not share a statement with others.
    let large = "雲".repeat(2 << 20);
    let mut tx = from.begin().await.unwrap();
    for name in ["large", "larger"] {
        instance_metadata::replace(&mut tx, name, &large)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    limit_sharing::change(&from, 0, Some("memory"), 9)
        .await
        .unwrap();

    let to = Db::open(&url).await.unwrap();
    let copied = copy(&from, &to).await.unwrap();
    let rows = |name: &str| copied.iter().find(|table| table.name == name).unwrap().rows;
    assert_eq!(rows("accounts"), 1);
    assert_eq!(rows("tiers"), 4);
    assert!(rows("auth_log") > 1_100);
    assert_eq!(accounts::get_account(&to, &first).await.unwrap(), account);
    assert_eq!(
        auth_log::head(&to).await.unwrap(),
        auth_log::head(&from).await.unwrap()
    );
    assert_eq!(
        limit_sharing::current(&to).await.unwrap(),
        limit_sharing::current(&from).await.unwrap()
    );
    assert_eq!(
        tiers::get_tier(&to, "pro").await.unwrap(),
        tiers::get_tier(&from, "pro").await.unwrap()
    );
    for name in ["large", "larger"] {
        let found = instance_metadata::find(&to, name).await.unwrap();
        assert!(found.as_deref() == Some(&large), "{name}");
    }
    let again = copy(&from, &to).await;
    assert!(
        matches!(again, Err(StoreError::Conflict { .. })),
        "{again:?}"
    );
}

#[tokio::test]
async fn what_one_database_cannot_hold_leaves_nothing_in_it() {
    let Some(url) = postgres_schema().await else {
        return;
    };
    let (_folder, from) = a_database().await;
    let account = an_account(&from, "free").await;
    let to = Db::open(&url).await.unwrap();
    to.migrate().await.unwrap();
    // A column that takes less than it should: the copy fails in the middle.
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let sql = "ALTER TABLE accounts ADD CONSTRAINT nothing_fits CHECK (LENGTH(id) < 2)";
    sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(copy(&from, &to).await.is_err());
    assert!(accounts::get_account(&to, &account).await.is_err());
    assert_eq!(tiers::get_tier(&to, "pro").await.unwrap().id, "pro");
    // The source is as it was, and goes on.
    an_account(&from, "pro").await;
}

#[tokio::test]
async fn other_directions_are_refused() {
    let ((_one, from), (_two, to)) = (a_database().await, a_database().await);
    let refused = copy(&from, &to).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
}
