//! The agreement of servers on how limits are handed out.

use store::auth_log::{self, AuthChange};
use store::limit_sharing::{self, LimitSharing};

use super::support::on_each_engine;

#[tokio::test]
async fn a_change_is_a_line_of_the_auth_log_and_of_two_at_a_time_one_holds() {
    on_each_engine(|db| async move {
        let before = limit_sharing::current(&db).await.unwrap();
        let first = limit_sharing::change(&db, before.seq, Some("memory"), 7)
            .await
            .unwrap()
            .unwrap();
        let late = limit_sharing::change(&db, before.seq, None, 7)
            .await
            .unwrap();
        assert_eq!(late, None);
        let shared = LimitSharing {
            seq: first,
            epoch: Some("memory".to_owned()),
        };
        assert_eq!(limit_sharing::current(&db).await.unwrap(), shared);
        let second = limit_sharing::change(&db, first, None, 7).await.unwrap();
        let lines = auth_log::list_after(&db, first - 1, 9).await.unwrap();
        let changes: Vec<_> = lines.into_iter().map(|line| line.change).collect();
        let epoch = Some("memory".to_owned());
        assert_eq!(
            changes,
            [AuthChange::Limits(epoch), AuthChange::Limits(None)]
        );
        assert_eq!(second, Some(first + 1));
    })
    .await;
}

#[tokio::test]
async fn words_are_kept_until_the_next_agreement_and_said_once() {
    on_each_engine(|db| async move {
        let seq = limit_sharing::change(&db, 0, None, 7)
            .await
            .unwrap()
            .unwrap();
        for (server, words) in [("b", "two"), ("a", "one"), ("b", "again")] {
            limit_sharing::say(&db, seq, server, words).await.unwrap();
        }
        let said = limit_sharing::said(&db, seq).await.unwrap();
        let expected = [("a", "one"), ("b", "two")];
        assert_eq!(
            said,
            expected.map(|(server, words)| (server.to_owned(), words.to_owned()))
        );
        limit_sharing::change(&db, seq, None, 8).await.unwrap();
        assert_eq!(limit_sharing::said(&db, seq).await.unwrap(), []);
    })
    .await;
}
