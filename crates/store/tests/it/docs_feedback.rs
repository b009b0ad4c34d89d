//! Feedback on the documentation.

use store::docs_feedback::{self, DocsFeedback};
use store::{Db, DocsFeedbackId};

use super::support::{NOW_MS, on_each_engine};

async fn say(db: &Db, page: &str, is_helpful: bool, comment: &str) -> DocsFeedback {
    let feedback = DocsFeedback {
        id: DocsFeedbackId::generate(),
        page: page.to_owned(),
        is_helpful,
        comment: comment.to_owned(),
        language: "zh-TW".to_owned(),
        user_id: None,
        at_ms: NOW_MS,
    };
    let mut tx = db.begin().await.unwrap();
    docs_feedback::insert(&mut tx, &feedback).await.unwrap();
    tx.commit().await.unwrap();
    feedback
}

#[tokio::test]
async fn answers_are_listed_by_page_and_counted() {
    on_each_engine(|db| async move {
        let first = say(&db, "quickstart", true, "").await;
        let second = say(&db, "quickstart", false, "what is a key?").await;
        let third = say(&db, "errors", true, "").await;
        let of = async |page, before, limit| {
            let rows = docs_feedback::list_for_operator(&db, page, before, limit).await;
            rows.unwrap()
                .into_iter()
                .map(|(feedback, _)| feedback)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("", None, 2).await, [third.clone(), second.clone()]);
        assert_eq!(
            of("", Some(&second.id), 9).await,
            std::slice::from_ref(&first)
        );
        assert_eq!(of("quickstart", None, 9).await, [second, first]);
        let counts = docs_feedback::count_by_page(&db, 9).await.unwrap();
        let counts: Vec<_> = counts
            .iter()
            .map(|count| {
                (
                    count.page.as_str(),
                    count.answers,
                    count.helpful,
                    count.comments,
                )
            })
            .collect();
        assert_eq!(counts, [("quickstart", 2, 1, 1), ("errors", 1, 1, 0)]);
    })
    .await;
}

#[tokio::test]
async fn only_the_newest_answers_are_kept() {
    on_each_engine(|db| async move {
        for _ in 0..3 {
            say(&db, "errors", true, "").await;
        }
        let newest = say(&db, "errors", false, "").await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(docs_feedback::keep_newest(&mut tx, 9).await.unwrap(), 0);
        assert_eq!(docs_feedback::keep_newest(&mut tx, 1).await.unwrap(), 3);
        tx.commit().await.unwrap();
        let left = docs_feedback::list_for_operator(&db, "", None, 9)
            .await
            .unwrap();
        assert_eq!(left, [(newest, None)]);
    })
    .await;
}
