//! The mails of notices: sent by one server at a time, and by another one where that ends before they are sent.

use super::{OperatorNotice, Told};
use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::OperatorNoticeId;

/// Notices that were told and whose mails were not sent, and that no server is at, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_unmailed(
    db: &Db,
    now_ms: i64,
    limit: u32,
) -> Result<Vec<(OperatorNotice, Told)>, StoreError> {
    let sql = "SELECT * FROM operator_notices
               WHERE ((told_at_ms IS NOT NULL AND mailed_at_ms IS NULL)
                   OR (end_told_at_ms IS NOT NULL AND end_mailed_at_ms IS NULL))
                 AND (mailing_until_ms IS NULL OR mailing_until_ms < $1)
               ORDER BY id LIMIT $2";
    let values = vec![now_ms.into(), i64::from(limit).into()];
    let rows = db.fetch_all(sql, values).await?;
    let unmailed = |row: &Row| {
        let part = match row.opt_int("mailed_at_ms")? {
            None => Told::Beginning,
            Some(_) => Told::End,
        };
        Ok((OperatorNotice::from_row(row)?, part))
    };
    rows.iter().map(unmailed).collect()
}

/// Takes the mails of a notice until a time, or goes on with them where `is_held`; false if another server has them.
///
/// # Errors
/// If the database cannot be written.
pub async fn claim_mailing(
    tx: &mut Tx,
    id: &OperatorNoticeId,
    (now_ms, until_ms): (i64, i64),
    is_held: bool,
) -> Result<bool, StoreError> {
    let sql = "UPDATE operator_notices SET mailing_until_ms = $2
               WHERE id = $1 AND (mailing_until_ms IS NULL OR mailing_until_ms < $3)";
    let free_before_ms = if is_held { i64::MAX } else { now_ms };
    let values = vec![id.as_str().into(), until_ms.into(), free_before_ms.into()];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Notes that the mails of the beginning or the end of a notice were sent, or that there are none.
///
/// # Errors
/// If the database cannot be written.
pub async fn note_mailed(
    tx: &mut Tx,
    id: &OperatorNoticeId,
    part: Told,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = match part {
        Told::Beginning => {
            "UPDATE operator_notices SET mailed_at_ms = $2, mailing_until_ms = NULL WHERE id = $1"
        }
        Told::End => {
            "UPDATE operator_notices SET end_mailed_at_ms = $2, mailing_until_ms = NULL WHERE id = $1"
        }
    };
    let values = vec![id.as_str().into(), now_ms.into()];
    tx.execute(sql, values).await.map(drop)
}
