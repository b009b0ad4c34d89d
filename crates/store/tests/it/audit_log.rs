//! The audit log.

use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};
use store::audit_log::{self, Actor, AuditFilter, Change, Subject};
use store::{AccountId, Db, StoreError};

use super::support::{NOW_MS, an_account, on_each_engine};

fn actor() -> Actor {
    Actor {
        kind: "user",
        id: "usr_1".to_owned(),
        label: "ann@example.com".to_owned(),
        address: Some("203.0.113.9".to_owned()),
    }
}

async fn note(db: &Db, account_id: Option<&AccountId>, action: &'static str) {
    let actor = actor();
    let change = Change {
        at_ms: NOW_MS,
        account_id,
        actor: &actor,
        action,
        subject: Subject {
            kind: "api_key",
            id: "key_1".to_owned(),
            label: "Production <Server>".to_owned(),
        },
        before: None,
        after: Some(json!({ "name": "x" })),
    };
    let mut tx = db.begin().await.unwrap();
    audit_log::append(&mut tx, &change).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn entries_are_listed_newest_first_and_by_account() {
    on_each_engine(|db| async move {
        let (one, other) = (an_account(&db, "free").await, an_account(&db, "free").await);
        note(&db, Some(&one), "api_key.created").await;
        note(&db, Some(&other), "api_key.created").await;
        note(&db, Some(&one), "api_key.revoked").await;
        note(&db, None, "tier.changed").await;
        let actions = |entries: Vec<audit_log::AuditEntry>| {
            entries
                .into_iter()
                .map(|entry| entry.action)
                .collect::<Vec<_>>()
        };
        let all = AuditFilter::default();
        let own = audit_log::list(&db, &one, &all, None, 10).await.unwrap();
        assert_eq!(actions(own), ["api_key.revoked", "api_key.created"]);
        let first = audit_log::list_for_operator(&db, &all, None, 2)
            .await
            .unwrap();
        let rest = audit_log::list_for_operator(&db, &all, Some(first[1].seq), 10)
            .await
            .unwrap();
        assert_eq!(actions(first), ["tier.changed", "api_key.revoked"]);
        assert_eq!(actions(rest), ["api_key.created", "api_key.created"]);
        for (action, found) in [("api_key", 3), ("api_key.revoked", 1), ("api", 0)] {
            let filter = AuditFilter {
                action: action.to_owned(),
                actor: "usr_1".to_owned(),
                ..AuditFilter::default()
            };
            let entries = audit_log::list_for_operator(&db, &filter, None, 10).await;
            assert_eq!(entries.unwrap().len(), found, "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_was_edited_or_removed_shows() {
    for tampering in [
        "UPDATE audit_log SET actor_label = 'somebody else' WHERE seq = 2",
        "DELETE FROM audit_log WHERE seq = 2",
        "DELETE FROM audit_log WHERE seq = 3",
    ] {
        on_each_engine(|db| async move {
            for _ in 0..3 {
                note(&db, None, "tier.changed").await;
            }
            assert_eq!(audit_log::verify(&db).await.unwrap(), 3);
            let sql = AssertSqlSafe(tampering.to_owned());
            match &db {
                Db::Sqlite { writer, .. } => writer.execute(sql).await.map(drop),
                Db::Postgres { pool, .. } => pool.execute(sql).await.map(drop),
            }
            .unwrap();
            let error = audit_log::verify(&db).await.unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { .. }), "{tampering}");
        })
        .await;
    }
}
