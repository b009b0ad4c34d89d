//! Events: what providers said, as it came, with the verdict on it. Triggers refuse changes and deletions.

use crate::db::{Db, Row, Tx, record, word_enum};
use crate::error::StoreError;
use crate::id::{PaymentEventId, PaymentOrderId};

use super::Verdict;

word_enum!(
    /// The way on which something was said.
    EventSource {
        /// The provider told us.
        Notify = "notify",
        /// The provider was asked.
        Query = "query",
        /// The provider was asked for a refund.
        Refund = "refund",
    }
);

record!(
    /// An event as it is kept.
    PaymentEvent, event_columns {
        id: PaymentEventId = |row, column| Ok(row.text(column)?.into()),
        provider: String = Row::text,
        /// None if it names no order of ours.
        order_id: Option<PaymentOrderId> = |row, column| Ok(row.opt_text(column)?.map(Into::into)),
        source: EventSource = |row, column| row.word(column, EventSource::parse),
        at_ms: i64 = Row::int,
        verdict: Verdict = |row, column| row.word(column, Verdict::parse),
        needs_attention: bool = Row::bool,
        /// The verdict in words, for operators.
        detail: String = Row::text,
        raw: String = Row::text,
    }
);

/// An event that is to be kept.
#[derive(Debug, Clone)]
pub struct NewPaymentEvent {
    pub provider: String,
    /// The provider's id of it, or a digest of it: each is kept once.
    pub event_ref: String,
    pub order_id: Option<PaymentOrderId>,
    pub source: EventSource,
    pub at_ms: i64,
    pub verdict: Verdict,
    pub detail: String,
    pub raw: String,
}

/// A filter of events.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    pub verdict: Option<Verdict>,
    pub needs_attention: bool,
}

/// Keeps an event; `false` if it is there already.
///
/// # Errors
/// If the database cannot be written.
pub async fn append_event(tx: &mut Tx, event: &NewPaymentEvent) -> Result<bool, StoreError> {
    let order_id = event.order_id.as_ref().map(ToString::to_string);
    let values = vec![
        PaymentEventId::generate().as_str().into(),
        event.provider.as_str().into(),
        event.event_ref.as_str().into(),
        order_id.into(),
        event.source.as_str().into(),
        event.at_ms.into(),
        event.verdict.as_str().into(),
        event.verdict.needs_attention().into(),
        event.detail.as_str().into(),
        // PostgreSQL has no text with a zero byte in it.
        event.raw.replace('\0', "\u{fffd}").into(),
    ];
    let sql = "INSERT INTO payment_events (id, provider, event_ref, order_id, source, at_ms, verdict, needs_attention,
                   detail, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               ON CONFLICT (provider, event_ref) DO NOTHING";
    Ok(tx.execute(sql, values).await? > 0)
}

/// Returns whether an event is there.
///
/// # Errors
/// If the database cannot be read.
pub async fn is_known_event(db: &Db, provider: &str, event_ref: &str) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM payment_events WHERE provider = $1 AND event_ref = $2";
    let row = db
        .fetch_optional(sql, vec![provider.into(), event_ref.into()])
        .await?;
    Ok(row.is_some())
}

/// Counts the events of an order whose signature was not the provider's.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_refused_events(
    tx: &mut Tx,
    order_id: &PaymentOrderId,
) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM payment_events WHERE order_id = $1 AND verdict = 'bad_signature'";
    let row = tx
        .fetch_optional(sql, vec![order_id.as_str().into()])
        .await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// The events of an order, the newest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_events_of(
    db: &Db,
    order_id: &PaymentOrderId,
    limit: u32,
) -> Result<Vec<PaymentEvent>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        event_columns!(),
        " FROM payment_events WHERE order_id = $1 ORDER BY id DESC LIMIT $2"
    );
    let values = vec![order_id.as_str().into(), i64::from(limit).into()];
    let rows = db.fetch_all(SQL, values).await?;
    rows.iter().map(PaymentEvent::from_row).collect()
}

/// Events of all orders and of none, the newest first, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_events(
    db: &Db,
    filter: &EventFilter,
    before: Option<&PaymentEventId>,
    limit: u32,
) -> Result<Vec<PaymentEvent>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        event_columns!(),
        " FROM payment_events WHERE ($1 = '' OR verdict = $1) AND ($2 = '' OR needs_attention)
             AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4"
    );
    let attention = if filter.needs_attention { "yes" } else { "" };
    let values = vec![
        filter.verdict.map_or("", Verdict::as_str).into(),
        attention.into(),
        before.map_or("", PaymentEventId::as_str).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(SQL, values).await?;
    rows.iter().map(PaymentEvent::from_row).collect()
}
