//! Counts of limits that several servers hand out together, by the minute and the day.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;

/// Numbers of the three things that are limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amounts {
    pub requests: i64,
    pub tokens: i64,
    pub requests_today: i64,
}

/// The counts of a key or an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitCount {
    /// Minutes and days since 1970.
    pub minute: i64,
    pub day: i64,
    pub taken: Amounts,
}

/// A key or an account of which something is taken.
#[derive(Debug, Clone, Copy)]
pub struct LimitSubject<'a> {
    pub id: &'a str,
    pub minute: i64,
    pub day: i64,
    /// Known to have been handed out before anything was counted here.
    pub at_least: Amounts,
}

/// Takes of a key and its account what `choose` says of their counts, or nothing. No other server takes of them
/// meanwhile. Returns the counts with what was taken.
///
/// # Errors
/// If the database cannot be written in time.
pub async fn take(
    db: &Db,
    subjects: [LimitSubject<'_>; 2],
    choose: impl FnOnce([LimitCount; 2]) -> Option<[Amounts; 2]> + Send,
) -> Result<([LimitCount; 2], Option<[Amounts; 2]>), StoreError> {
    let mut tx = db.begin().await?;
    // Always the key before the account: two servers never wait for each other crosswise.
    let [key, account] = subjects;
    let mut counts = [lock(&mut tx, key).await?, lock(&mut tx, account).await?];
    let chosen = choose(counts);
    if let Some(amounts) = &chosen {
        for ((subject, count), amount) in subjects.iter().zip(&mut counts).zip(amounts) {
            add(&mut tx, subject.id, *amount).await?;
            count.taken.requests += amount.requests;
            count.taken.tokens += amount.tokens;
            count.taken.requests_today += amount.requests_today;
        }
    }
    tx.commit().await?;
    Ok((counts, chosen))
}

/// Brings the row of a subject to its windows and holds it until the transaction ends.
async fn lock(tx: &mut Tx, subject: LimitSubject<'_>) -> Result<LimitCount, StoreError> {
    let sql = "INSERT INTO limit_counts (subject, minute, day, requests, tokens, requests_today)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (subject) DO UPDATE SET
                   requests = CASE
                       WHEN limit_counts.minute < excluded.minute THEN excluded.requests
                       WHEN limit_counts.minute = excluded.minute AND limit_counts.requests < excluded.requests
                           THEN excluded.requests
                       ELSE limit_counts.requests END,
                   tokens = CASE
                       WHEN limit_counts.minute < excluded.minute THEN excluded.tokens
                       WHEN limit_counts.minute = excluded.minute AND limit_counts.tokens < excluded.tokens
                           THEN excluded.tokens
                       ELSE limit_counts.tokens END,
                   requests_today = CASE
                       WHEN limit_counts.day < excluded.day THEN excluded.requests_today
                       WHEN limit_counts.day = excluded.day AND limit_counts.requests_today < excluded.requests_today
                           THEN excluded.requests_today
                       ELSE limit_counts.requests_today END,
                   minute = CASE WHEN limit_counts.minute < excluded.minute THEN excluded.minute ELSE limit_counts.minute END,
                   day = CASE WHEN limit_counts.day < excluded.day THEN excluded.day ELSE limit_counts.day END
               RETURNING minute, day, requests, tokens, requests_today";
    let values = vec![
        subject.id.into(),
        subject.minute.into(),
        subject.day.into(),
        subject.at_least.requests.into(),
        subject.at_least.tokens.into(),
        subject.at_least.requests_today.into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    let what = "the counts of a limit";
    row.ok_or(StoreError::NotFound { what })
        .and_then(|row| LimitCount::from_row(&row))
}

async fn add(tx: &mut Tx, id: &str, amount: Amounts) -> Result<(), StoreError> {
    let sql = "UPDATE limit_counts SET requests = requests + $2, tokens = tokens + $3,
                   requests_today = requests_today + $4 WHERE subject = $1";
    let values = vec![
        id.into(),
        amount.requests.into(),
        amount.tokens.into(),
        amount.requests_today.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Forgets counts of days before `day`.
///
/// # Errors
/// If the database cannot be written.
pub async fn prune(db: &Db, day: i64) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    tx.execute("DELETE FROM limit_counts WHERE day < $1", vec![day.into()])
        .await?;
    tx.commit().await
}

impl LimitCount {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            minute: row.int("minute")?,
            day: row.int("day")?,
            taken: Amounts {
                requests: row.int("requests")?,
                tokens: row.int("tokens")?,
                requests_today: row.int("requests_today")?,
            },
        })
    }
}
