//! Refunds of paid orders.

use crate::db::{Db, Row, Tx, record, word_enum};
use crate::error::StoreError;
use crate::id::{PaymentOrderId, PaymentRefundId};

word_enum!(
    /// The state of a refund.
    RefundStatus {
        /// The provider is asked for it until it has answered.
        Pending = "pending",
        /// The provider pays it back.
        Done = "done",
        /// The provider refused it, and the credits were given back.
        Failed = "failed",
        /// The provider cannot be asked for it: an operator pays it back there.
        ByHand = "by_hand",
    }
);

record!(
    /// A refund as it is kept.
    PaymentRefund, refund_columns {
        id: PaymentRefundId = |row, column| Ok(row.text(column)?.into()),
        order_id: PaymentOrderId = |row, column| Ok(row.text(column)?.into()),
        at_ms: i64 = Row::int,
        amount_minor: i64 = Row::int,
        /// The credits that were taken back for it.
        credits_nanos: i64 = Row::int,
        status: RefundStatus = |row, column| row.word(column, RefundStatus::parse),
        reason: String = Row::text,
        /// The name of its maker, for people.
        made_by: String = Row::text,
    }
);

/// Adds a refund.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert_refund(tx: &mut Tx, refund: &PaymentRefund) -> Result<(), StoreError> {
    let values = vec![
        refund.id.as_str().into(),
        refund.order_id.as_str().into(),
        refund.at_ms.into(),
        refund.amount_minor.into(),
        refund.credits_nanos.into(),
        refund.status.as_str().into(),
        refund.reason.as_str().into(),
        refund.made_by.as_str().into(),
    ];
    let sql = "INSERT INTO payment_refunds (id, order_id, at_ms, amount_minor, credits_nanos, status, reason, made_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    tx.execute(sql, values).await.map(drop)
}

/// Ends a pending refund; `false` if it had ended already.
///
/// # Errors
/// If the database cannot be written.
pub async fn settle_refund(
    tx: &mut Tx,
    id: &PaymentRefundId,
    status: RefundStatus,
) -> Result<bool, StoreError> {
    let sql = "UPDATE payment_refunds SET status = $2 WHERE id = $1 AND status = 'pending'";
    let values = vec![id.as_str().into(), status.as_str().into()];
    Ok(tx.execute(sql, values).await? > 0)
}

/// The refunds of an order, the newest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_refunds_of(
    db: &Db,
    order_id: &PaymentOrderId,
) -> Result<Vec<PaymentRefund>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        refund_columns!(),
        " FROM payment_refunds WHERE order_id = $1 ORDER BY id DESC"
    );
    let rows = db.fetch_all(SQL, vec![order_id.as_str().into()]).await?;
    rows.iter().map(PaymentRefund::from_row).collect()
}

/// Refunds that the provider has not answered, begun after `since_ms` and before `until_ms`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_pending_refunds(
    db: &Db,
    since_ms: i64,
    until_ms: i64,
    limit: u32,
) -> Result<Vec<PaymentRefund>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        refund_columns!(),
        " FROM payment_refunds WHERE status = 'pending' AND at_ms >= $1 AND at_ms < $2 ORDER BY at_ms LIMIT $3"
    );
    let values = vec![since_ms.into(), until_ms.into(), i64::from(limit).into()];
    let rows = db.fetch_all(SQL, values).await?;
    rows.iter().map(PaymentRefund::from_row).collect()
}
