//! Counts of limits that servers hand out together.

use store::limit_counts::{self, Amounts, LimitCount, LimitSubject};

use super::support::on_each_engine;

const MINUTE: i64 = 29_833_333;
const DAY: i64 = 20_717;

fn subject(id: &'static str, minute: i64, day: i64) -> LimitSubject<'static> {
    LimitSubject {
        id,
        minute,
        day,
        at_least: Amounts::default(),
    }
}

fn amounts(requests: i64, tokens: i64, requests_today: i64) -> Amounts {
    Amounts {
        requests,
        tokens,
        requests_today,
    }
}

fn taken([key, account]: [LimitCount; 2]) -> [Amounts; 2] {
    [key.taken, account.taken]
}

#[tokio::test]
async fn what_is_taken_of_a_key_and_its_account_is_taken_of_both_or_of_none() {
    on_each_engine(|db| async move {
        let pair = [subject("key", MINUTE, DAY), subject("acct", MINUTE, DAY)];
        let one = amounts(1, 40, 1);
        let all = |_| Some([one, one]);
        limit_counts::take(&db, pair, all).await.unwrap();
        let (counts, none) = limit_counts::take(&db, pair, |_| None).await.unwrap();
        assert_eq!((taken(counts), none), ([one, one], None));

        let other = [subject("other", MINUTE, DAY), subject("acct", MINUTE, DAY)];
        let (counts, _) = limit_counts::take(&db, other, all).await.unwrap();
        assert_eq!(taken(counts), [one, amounts(2, 80, 2)]);
    })
    .await;
}

#[tokio::test]
async fn a_window_begins_anew_and_an_older_one_does_not_come_back() {
    on_each_engine(|db| async move {
        let at = |minute, day| [subject("key", minute, day), subject("acct", minute, day)];
        let take = |pair| limit_counts::take(&db, pair, |_| Some([amounts(1, 40, 1); 2]));
        take(at(MINUTE, DAY)).await.unwrap();
        let (counts, _) = take(at(MINUTE + 1, DAY)).await.unwrap();
        assert_eq!(taken(counts), [amounts(1, 40, 2); 2]);
        // By the clock of a server that is behind.
        let (counts, _) = take(at(MINUTE, DAY)).await.unwrap();
        assert_eq!(
            (taken(counts), counts[0].minute),
            ([amounts(2, 80, 3); 2], MINUTE + 1)
        );

        let known = LimitSubject {
            at_least: amounts(5, 10, 1),
            ..subject("key", MINUTE + 1, DAY)
        };
        let (counts, _) = limit_counts::take(&db, [known, known], |_| None)
            .await
            .unwrap();
        assert_eq!(counts[0].taken, amounts(5, 80, 3));

        limit_counts::prune(&db, DAY + 1).await.unwrap();
        let (counts, _) = limit_counts::take(&db, at(MINUTE + 1, DAY), |_| None)
            .await
            .unwrap();
        assert_eq!(taken(counts), [Amounts::default(); 2]);
    })
    .await;
}
