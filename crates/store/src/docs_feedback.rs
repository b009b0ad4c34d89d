//! Feedback of readers on pages of the documentation.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{DocsFeedbackId, UserId};

/// A reader's feedback on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocsFeedback {
    pub id: DocsFeedbackId,
    /// The name of the page in its address.
    pub page: String,
    pub is_helpful: bool,
    /// Empty when they said no more.
    pub comment: String,
    /// The language around the article: `en`, `zh-CN` or `zh-TW`.
    pub language: String,
    /// The reader, if signed in.
    pub user_id: Option<UserId>,
    pub at_ms: i64,
}

/// The feedback on one page, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocsFeedbackCount {
    pub page: String,
    pub answers: u64,
    /// Of these.
    pub helpful: u64,
    /// Answers with a text.
    pub comments: u64,
    pub last_at_ms: i64,
}

/// Adds what somebody said.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(tx: &mut Tx, feedback: &DocsFeedback) -> Result<(), StoreError> {
    let values = vec![
        feedback.id.as_str().into(),
        feedback.page.clone().into(),
        feedback.is_helpful.into(),
        feedback.comment.clone().into(),
        feedback.language.clone().into(),
        feedback.user_id.as_ref().map(UserId::to_string).into(),
        feedback.at_ms.into(),
    ];
    let sql = "INSERT INTO docs_feedback (id, page, is_helpful, comment, language, user_id, at_ms)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.execute(sql, values).await.map(drop)
}

/// For operators: answers with the address of whoever was signed in, newest first, `limit` of them, older than
/// `before`; of one page if `page` is not empty.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_for_operator(
    db: &Db,
    page: &str,
    before: Option<&DocsFeedbackId>,
    limit: u32,
) -> Result<Vec<(DocsFeedback, Option<String>)>, StoreError> {
    // Two texts and not one with OR: each has an index that it follows.
    let sql = if page.is_empty() {
        "SELECT docs_feedback.*, users.email FROM docs_feedback LEFT JOIN users ON users.id = user_id
         WHERE $1 = '' AND docs_feedback.id < $2 ORDER BY docs_feedback.id DESC LIMIT $3"
    } else {
        "SELECT docs_feedback.*, users.email FROM docs_feedback LEFT JOIN users ON users.id = user_id
         WHERE page = $1 AND docs_feedback.id < $2 ORDER BY docs_feedback.id DESC LIMIT $3"
    };
    let values = vec![
        page.into(),
        before.map_or("~", DocsFeedbackId::as_str).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((DocsFeedback::from_row(row)?, row.opt_text("email")?)))
        .collect()
}

/// For operators: what is said of each page, the one with the most answers first, `limit` of them.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_by_page(db: &Db, limit: u32) -> Result<Vec<DocsFeedbackCount>, StoreError> {
    let sql = "SELECT page, COUNT(*) AS answers,
                   COUNT(CASE WHEN is_helpful THEN 1 END) AS helpful,
                   COUNT(CASE WHEN comment <> '' THEN 1 END) AS comments,
                   MAX(at_ms) AS last_at_ms
               FROM docs_feedback GROUP BY page ORDER BY answers DESC, page LIMIT $1";
    let rows = db.fetch_all(sql, vec![i64::from(limit).into()]).await?;
    rows.iter().map(DocsFeedbackCount::from_row).collect()
}

/// Forgets the oldest answers beyond the newest `rows_max`.
///
/// # Errors
/// If the database cannot be written.
pub async fn keep_newest(tx: &mut Tx, rows_max: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM docs_feedback
               WHERE id <= (SELECT id FROM docs_feedback ORDER BY id DESC LIMIT 1 OFFSET $1)";
    tx.execute(sql, vec![i64::from(rows_max).into()]).await
}

impl DocsFeedback {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            page: row.text("page")?,
            is_helpful: row.bool("is_helpful")?,
            comment: row.text("comment")?,
            language: row.text("language")?,
            user_id: row.opt_text("user_id")?.map(Into::into),
            at_ms: row.int("at_ms")?,
        })
    }
}

impl DocsFeedbackCount {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            page: row.text("page")?,
            answers: row.count("answers")?,
            helpful: row.count("helpful")?,
            comments: row.count("comments")?,
            last_at_ms: row.int("last_at_ms")?,
        })
    }
}
