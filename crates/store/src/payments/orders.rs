//! Orders: a row each.

use crate::db::{Db, Row, Tx, record, word_enum};
use crate::error::StoreError;
use crate::id::{AccountId, PaymentOrderId};

use super::Verdict;

word_enum!(
    /// The state of an order. It goes forward only.
    OrderStatus {
        /// The buyer may pay.
        Open = "open",
        /// The buyer has paid, and the money is not there yet.
        Processing = "processing",
        /// The credits are there.
        Paid = "paid",
        /// The buyer did not pay in time.
        Expired = "expired",
        /// The payment failed, or the provider did not take the order.
        Failed = "failed",
        /// All of the money went back.
        Refunded = "refunded",
        /// The payer's bank took the money back.
        Disputed = "disputed",
    }
);

impl OrderStatus {
    /// Returns whether the order may still be paid.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Processing)
    }
}

record!(
    /// An order as it is kept.
    PaymentOrder, order_columns {
        id: PaymentOrderId = |row, column| Ok(row.text(column)?.into()),
        account_id: AccountId = |row, column| Ok(row.text(column)?.into()),
        /// The name of the provider in the configuration.
        provider: String = Row::text,
        method: String = Row::text,
        currency: String = Row::text,
        /// In the minor unit of the currency.
        amount_minor: i64 = Row::int,
        credits_nanos: i64 = Row::int,
        /// The name of its maker, for people.
        created_by: String = Row::text,
        created_at_ms: i64 = Row::int,
        expires_at_ms: i64 = Row::int,
        status: OrderStatus = |row, column| row.word(column, OrderStatus::parse),
        /// The provider's id of the checkout.
        checkout_ref: Option<String> = Row::opt_text,
        /// The page on which the buyer pays.
        checkout_url: Option<String> = Row::opt_text,
        /// The provider's id of the payment; one payment pays one order.
        payment_ref: Option<String> = Row::opt_text,
        paid_at_ms: Option<i64> = Row::opt_int,
        refunded_minor: i64 = Row::int,
        taken_back_nanos: i64 = Row::int,
        /// Credits that should have come back and were spent.
        shortfall_nanos: i64 = Row::int,
        refund_requested_at_ms: Option<i64> = Row::opt_int,
        refund_request_reason: String = Row::text,
        /// The verdict for which an operator should look at it.
        attention: Option<Verdict> = |row, column| Ok(row.opt_text(column)?.as_deref().and_then(Verdict::parse)),
        asked_at_ms: Option<i64> = Row::opt_int,
        /// The time at which the provider is asked next.
        ask_at_ms: Option<i64> = Row::opt_int,
    }
);

impl PaymentOrder {
    /// The credits of it that were not taken back or written off.
    pub fn credits_left_nanos(&self) -> i64 {
        self.credits_nanos - self.taken_back_nanos - self.shortfall_nanos
    }
}

/// An order that is to be made.
#[derive(Debug, Clone)]
pub struct NewPaymentOrder {
    pub id: PaymentOrderId,
    pub account_id: AccountId,
    pub provider: String,
    pub method: String,
    pub currency: String,
    pub amount_minor: i64,
    pub credits_nanos: i64,
    pub created_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    pub ask_at_ms: i64,
}

/// A filter of orders; an empty text is any.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    pub account_id: String,
    pub provider: String,
    pub status: Option<OrderStatus>,
    /// The id of an order, a checkout, a payment or an account, whole.
    pub search: String,
    pub needs_attention: bool,
}

/// Adds an order.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert_order(tx: &mut Tx, new: &NewPaymentOrder) -> Result<(), StoreError> {
    let values = vec![
        new.id.as_str().into(),
        new.account_id.as_str().into(),
        new.provider.as_str().into(),
        new.method.as_str().into(),
        new.currency.as_str().into(),
        new.amount_minor.into(),
        new.credits_nanos.into(),
        new.created_by.as_str().into(),
        new.created_at_ms.into(),
        new.expires_at_ms.into(),
        new.ask_at_ms.into(),
    ];
    let sql = "INSERT INTO payment_orders (id, account_id, provider, method, currency, amount_minor, credits_nanos,
                   created_by, created_at_ms, expires_at_ms, ask_at_ms, status, refunded_minor, taken_back_nanos,
                   shortfall_nanos, refund_request_reason, changes)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', 0, 0, 0, '', 0)";
    tx.execute(sql, values).await.map(drop)
}

/// The order of that id.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn find_order(db: &Db, id: &PaymentOrderId) -> Result<PaymentOrder, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        order_columns!(),
        " FROM payment_orders WHERE id = $1"
    );
    let row = db.fetch_optional(SQL, vec![id.as_str().into()]).await?;
    let row = row.ok_or(StoreError::NotFound { what: "the order" })?;
    PaymentOrder::from_row(&row)
}

/// The order of that id, and the name of its account.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn find_order_and_account(
    db: &Db,
    id: &PaymentOrderId,
) -> Result<(PaymentOrder, String), StoreError> {
    let order = find_order(db, id).await?;
    let sql =
        "SELECT CASE WHEN name = '' THEN email ELSE name END AS name FROM accounts WHERE id = $1";
    let row = db
        .fetch_one(sql, vec![order.account_id.as_str().into()])
        .await?;
    Ok((order, row.text("name")?))
}

/// The order that a payment of a provider paid.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_by_payment(
    db: &Db,
    provider: &str,
    payment_ref: &str,
) -> Result<Option<PaymentOrderId>, StoreError> {
    let sql = "SELECT id FROM payment_orders WHERE provider = $1 AND payment_ref = $2";
    let row = db
        .fetch_optional(sql, vec![provider.into(), payment_ref.into()])
        .await?;
    row.map(|row| Ok(row.text("id")?.into())).transpose()
}

/// Locks the row of an order until the end of the transaction, and reads it.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn lock(tx: &mut Tx, id: &PaymentOrderId) -> Result<PaymentOrder, StoreError> {
    const SQL: &str = concat!(
        "UPDATE payment_orders SET changes = changes + 1 WHERE id = $1 RETURNING ",
        order_columns!()
    );
    let row = tx.fetch_optional(SQL, vec![id.as_str().into()]).await?;
    let row = row.ok_or(StoreError::NotFound { what: "the order" })?;
    PaymentOrder::from_row(&row)
}

/// Returns whether a payment pays another order than `id`.
///
/// # Errors
/// If the database cannot be read.
pub async fn is_payment_taken(
    tx: &mut Tx,
    order: &PaymentOrder,
    payment_ref: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM payment_orders WHERE provider = $1 AND payment_ref = $2 AND id <> $3";
    let values = vec![
        order.provider.as_str().into(),
        payment_ref.into(),
        order.id.as_str().into(),
    ];
    Ok(tx.fetch_optional(sql, values).await?.is_some())
}

/// Writes how an order stands; what it is bound to stays.
///
/// # Errors
/// [`StoreError::Conflict`] if its payment pays another order.
pub async fn write_order(tx: &mut Tx, order: &PaymentOrder) -> Result<(), StoreError> {
    let values = vec![
        order.id.as_str().into(),
        order.status.as_str().into(),
        order.checkout_ref.clone().into(),
        order.checkout_url.clone().into(),
        order.payment_ref.clone().into(),
        order.paid_at_ms.into(),
        order.refunded_minor.into(),
        order.taken_back_nanos.into(),
        order.shortfall_nanos.into(),
        order.refund_requested_at_ms.into(),
        order.refund_request_reason.as_str().into(),
        order
            .attention
            .map(|verdict| verdict.as_str().to_owned())
            .into(),
        order.asked_at_ms.into(),
        order.ask_at_ms.into(),
    ];
    let sql = "UPDATE payment_orders SET status = $2, checkout_ref = $3, checkout_url = $4, payment_ref = $5,
                   paid_at_ms = $6, refunded_minor = $7, taken_back_nanos = $8, shortfall_nanos = $9,
                   refund_requested_at_ms = $10, refund_request_reason = $11, attention = $12, asked_at_ms = $13,
                   ask_at_ms = $14 WHERE id = $1";
    tx.execute(sql, values).await.map(drop)
}

/// Counts the orders of an account that may still be paid.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_open(tx: &mut Tx, account_id: &AccountId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM payment_orders WHERE account_id = $1 AND status IN ('open', 'processing')";
    let row = tx
        .fetch_optional(sql, vec![account_id.as_str().into()])
        .await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// Orders with the names of their accounts, the newest first, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_orders(
    db: &Db,
    filter: &OrderFilter,
    before: Option<&PaymentOrderId>,
    limit: u32,
) -> Result<Vec<(PaymentOrder, String)>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        order_columns!(),
        ", (SELECT CASE WHEN a.name = '' THEN a.email ELSE a.name END FROM accounts a
            WHERE a.id = payment_orders.account_id) AS account_name
         FROM payment_orders
         WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR provider = $2) AND ($3 = '' OR status = $3)
             AND ($4 = '' OR id = $4 OR payment_ref = $4 OR checkout_ref = $4 OR account_id = $4)
             AND ($5 = '' OR attention IS NOT NULL
                 OR (refund_requested_at_ms IS NOT NULL AND status = 'paid' AND refunded_minor = 0))
             AND ($6 = '' OR id < $6)
         ORDER BY id DESC LIMIT $7"
    );
    let attention = if filter.needs_attention { "yes" } else { "" };
    let values = vec![
        filter.account_id.as_str().into(),
        filter.provider.as_str().into(),
        filter.status.map_or("", OrderStatus::as_str).into(),
        filter.search.as_str().into(),
        attention.into(),
        before.map_or("", PaymentOrderId::as_str).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(SQL, values).await?;
    rows.iter()
        .map(|row| {
            let name = row.opt_text("account_name")?.unwrap_or_default();
            Ok((PaymentOrder::from_row(row)?, name))
        })
        .collect()
}

/// Orders of which the provider is to be asked, those that wait longest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_due(db: &Db, now_ms: i64, limit: u32) -> Result<Vec<PaymentOrder>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        order_columns!(),
        " FROM payment_orders WHERE ask_at_ms <= $1 ORDER BY ask_at_ms LIMIT $2"
    );
    let values = vec![now_ms.into(), i64::from(limit).into()];
    let rows = db.fetch_all(SQL, values).await?;
    rows.iter().map(PaymentOrder::from_row).collect()
}

/// Takes the asking upon oneself until `until_ms`; of two servers that try at the same time one gets `false`.
///
/// # Errors
/// If the database cannot be written.
pub async fn claim(tx: &mut Tx, order: &PaymentOrder, until_ms: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE payment_orders SET ask_at_ms = $3 WHERE id = $1 AND ask_at_ms = $2";
    let values = vec![
        order.id.as_str().into(),
        order.ask_at_ms.unwrap_or_default().into(),
        until_ms.into(),
    ];
    Ok(tx.execute(sql, values).await? == 1)
}
