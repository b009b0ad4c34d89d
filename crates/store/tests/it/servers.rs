//! Servers that share a database.

use store::auth_log::{self, AuthChange};
use store::servers::{self, Server};

use super::support::{NOW_MS, on_each_engine};

fn server(id: &str) -> Server {
    Server {
        id: id.to_owned(),
        version: "0.1.0".to_owned(),
        address: "127.0.0.1:8080".to_owned(),
        started_at_ms: NOW_MS,
        seen_at_ms: NOW_MS,
        limits: "alone".to_owned(),
        limits_by: "redis".to_owned(),
        limits_servers: 3,
        requests_in_flight: 0,
        journal_lag_bytes: 0,
    }
}

#[tokio::test]
async fn a_server_is_there_with_what_it_applied_until_it_signs_off() {
    on_each_engine(|db| async move {
        let (first, second) = (server("replica_1"), server("replica_2"));
        servers::enter(&db, &second).await.unwrap();
        servers::enter(&db, &first).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let catalogue = auth_log::append(&mut tx, &AuthChange::Catalog, NOW_MS)
            .await
            .unwrap();
        let head = auth_log::append(&mut tx, &AuthChange::Unknown, NOW_MS)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        auth_log::register(&db, "replica_1", head, 5_000, NOW_MS + 5)
            .await
            .unwrap();

        let later = Server {
            seen_at_ms: NOW_MS + 1_000,
            limits: "joined".to_owned(),
            limits_servers: 2,
            requests_in_flight: 3,
            journal_lag_bytes: 4_096,
            ..first.clone()
        };
        servers::enter(&db, &later).await.unwrap();
        assert_eq!(
            servers::list(&db).await.unwrap(),
            [later.clone(), second.clone()]
        );
        let status = servers::list_status(&db).await.unwrap();
        let said: Vec<_> = status
            .iter()
            .map(|one| (one.applied_seq, one.renewed_at_ms, one.catalogue_version))
            .collect();
        assert_eq!(
            said,
            [(Some(head), Some(NOW_MS + 5), catalogue), (None, None, 0)]
        );

        servers::remove(&db, "replica_1").await.unwrap();
        assert_eq!(servers::list(&db).await.unwrap(), [second]);
    })
    .await;
}
