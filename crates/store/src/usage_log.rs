//! The log of an account's requests, newest first.
//!
//! A filter that few requests pass must not read them all: the sums per hour say in which hours there are
//! any, and only those are read.

use llm::{Meter, Usage};

use crate::db::{Db, Row, Value, record};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, RequestId};
use crate::usage_events::{CountedBy, Detail, EndReason, LogFilter};
use crate::usage_rollups::{self, HOUR_MS};

/// A request counts at the moment of its decision, up to this long after its id was made.
const DECISION_DELAY_MS: i64 = 15 * 60_000;

/// A range of the log: from `from_ms` on, before `to_ms`, and before `before`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRange {
    pub from_ms: i64,
    pub to_ms: i64,
    pub before: Option<RequestId>,
}

record!(
    /// A row of the log.
    LogEntry, columns {
        request_id: RequestId = |row, column| Ok(row.text(column)?.into()),
        at_ms: i64 = Row::int,
        api_key_id: ApiKeyId = |row, column| Ok(row.text(column)?.into()),
        environment: String = Row::text,
        endpoint: String = Row::text,
        model_id: String = Row::text,
        requested_model: String = Row::text,
        provider_name: String = Row::text,
        input_tokens: u64 = Row::count,
        output_tokens: u64 = Row::count,
        cached_tokens: u64 = Row::count,
        reasoning_tokens: u64 = Row::count,
        charge_nanos: u64 = Row::count,
        counted_by: CountedBy = |row, column| row.word(column, CountedBy::parse),
        status: u16 = |row, column| Ok(u16::try_from(row.int(column)?).unwrap_or_default()),
        error_code: String = Row::text,
        end_reason: EndReason = |row, column| row.word(column, EndReason::parse),
        is_admitted: bool = Row::bool,
        is_streamed: bool = Row::bool,
        duration_us: u64 = Row::count,
        first_token_us: Option<u64> = Row::opt_count,
    }
);

/// One request, with what only a receipt shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub entry: LogEntry,
    pub detail: Detail,
    /// Amounts that the entry has no member for.
    pub meters: Usage,
}

impl Receipt {
    /// The usage by meter, put together again from the columns and from the amounts that have none.
    pub fn usage(&self) -> Usage {
        let entry = &self.entry;
        let of_output = entry.output_tokens.saturating_sub(entry.reasoning_tokens);
        let of_input = entry.input_tokens.saturating_sub(entry.cached_tokens);
        let mut usage = self.meters;
        usage[Meter::UncachedInput] = of_input.saturating_sub(self.meters.input_tokens());
        usage[Meter::CacheRead] = entry.cached_tokens;
        usage[Meter::Output] = of_output.saturating_sub(self.meters.output_tokens());
        usage[Meter::Reasoning] = entry.reasoning_tokens;
        usage[Meter::Requests] = u64::from(entry.counted_by != CountedBy::None);
        usage
    }
}

/// Requests of an account, newest first, `limit` of them.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    account_id: &AccountId,
    filter: &LogFilter,
    range: &LogRange,
    limit: u32,
) -> Result<Vec<LogEntry>, StoreError> {
    let mut found = Vec::new();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut before = range.before.clone().map_or_else(
        || RequestId::first_at(range.to_ms),
        |before| before.min(RequestId::first_at(range.to_ms)),
    );
    let newest_ms = before.made_at_ms().unwrap_or(range.to_ms);
    let span = (
        range.from_ms,
        range.to_ms.min(newest_ms + DECISION_DELAY_MS),
    );
    let hours = usage_rollups::list_hours(db, account_id, filter, span).await?;
    for stretch in stretches(&hours, limit) {
        let from = RequestId::first_at(stretch.from_ms.max(range.from_ms) - DECISION_DELAY_MS);
        let until = before.clone().min(RequestId::first_at(stretch.to_ms));
        let wanted = u32::try_from(limit - found.len()).unwrap_or(u32::MAX);
        let between = (from.clone(), until);
        found.extend(list_between(db, account_id, filter, range, between, wanted).await?);
        if found.len() >= limit {
            break;
        }
        before = before.min(from);
    }
    Ok(found)
}

/// Hours beside each other, read at once.
#[derive(Debug, PartialEq, Eq)]
struct Stretch {
    from_ms: i64,
    to_ms: i64,
}

/// Joins neighbours among hours (newest first, each with its number of requests), but not beyond what fills
/// a page: a day of a busy account is read an hour at a time.
fn stretches(hours: &[(i64, u64)], limit: usize) -> Vec<Stretch> {
    let enough = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut held = 0;
    for (at_ms, requests) in hours {
        match stretches.last_mut() {
            Some(last) if last.from_ms == at_ms + HOUR_MS && held < enough => {
                last.from_ms = *at_ms;
                held += requests;
            }
            Some(_) | None => {
                stretches.push(Stretch {
                    from_ms: *at_ms,
                    to_ms: at_ms + HOUR_MS,
                });
                held = *requests;
            }
        }
    }
    stretches
}

async fn list_between(
    db: &Db,
    account_id: &AccountId,
    filter: &LogFilter,
    range: &LogRange,
    (from, until): (RequestId, RequestId),
    limit: u32,
) -> Result<Vec<LogEntry>, StoreError> {
    let sql = concat!(
        "SELECT ", columns!(), " FROM usage_events
         WHERE account_id = $1 AND request_id >= $2 AND request_id < $3 AND at_ms >= $4 AND at_ms < $5
             AND ($6 = '' OR api_key_id = $6) AND ($7 = '' OR model_id = $7 OR (model_id = '' AND requested_model = $7)) AND ($8 = '' OR environment = $8)
             AND ($9 = '' OR endpoint = $9) AND ($10 = 0 OR status = $10)
             AND ($11 = '' OR $11 = CASE WHEN NOT is_admitted THEN 'refused'
                 WHEN end_reason = 'client_closed' THEN 'ok'
                 WHEN status >= 400 OR end_reason = 'broken' THEN 'error' ELSE 'ok' END)
             AND ($12 = '' OR error_code = $12)
         ORDER BY request_id DESC LIMIT $13"
    );
    let values: Vec<Value> = vec![
        account_id.as_str().into(),
        from.as_str().into(),
        until.as_str().into(),
        range.from_ms.into(),
        range.to_ms.into(),
        filter.api_key_id.clone().into(),
        filter.model_id.clone().into(),
        filter.environment.clone().into(),
        filter.endpoint.clone().into(),
        filter.status.into(),
        usage_rollups::outcome_word(filter.outcome).into(),
        filter.error_code.clone().into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(LogEntry::from_row).collect()
}

/// One request of whichever account, with the account, for operators. An id says when it was made, so only the accounts
/// that had requests then are looked through: no index over ids is kept for that.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_anywhere(
    db: &Db,
    id: &RequestId,
) -> Result<Option<(AccountId, Receipt)>, StoreError> {
    let Some(made_at_ms) = id.made_at_ms() else {
        return Ok(None);
    };
    let sql = concat!(
        "SELECT account_id, ",
        columns!(),
        ", detail FROM usage_events WHERE request_id = $1 AND account_id IN (
             SELECT account_id FROM platform_rollups WHERE step_ms = $2 AND at_ms >= $3 AND at_ms <= $4)"
    );
    let values = vec![
        id.as_str().into(),
        HOUR_MS.into(),
        (made_at_ms - DECISION_DELAY_MS - HOUR_MS).into(),
        (made_at_ms + DECISION_DELAY_MS).into(),
    ];
    let row = db.fetch_optional(sql, values).await?;
    let found = |row: &Row| Ok((row.text("account_id")?.into(), receipt(row)?));
    row.as_ref().map(found).transpose()
}

/// One request of an account, with what only a receipt shows.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_detail(
    db: &Db,
    account_id: &AccountId,
    id: &RequestId,
) -> Result<Option<Receipt>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        ", detail FROM usage_events WHERE account_id = $1 AND request_id = $2"
    );
    let values = vec![account_id.as_str().into(), id.as_str().into()];
    let row = db.fetch_optional(sql, values).await?;
    row.as_ref().map(receipt).transpose()
}

fn receipt(row: &Row) -> Result<Receipt, StoreError> {
    let (detail, meters) = Detail::parse(&row.text("detail")?);
    let entry = LogEntry::from_row(row)?;
    Ok(Receipt {
        entry,
        detail,
        meters,
    })
}

#[cfg(test)]
mod tests {
    use super::{HOUR_MS, Stretch, stretches};

    #[test]
    fn neighbouring_hours_are_read_together_until_they_fill_a_page() {
        let hours = [(9, 20), (8, 20), (7, 20), (3, 1)].map(|(hour, n)| (hour * HOUR_MS, n));
        let between = |from, to| Stretch {
            from_ms: from * HOUR_MS,
            to_ms: to * HOUR_MS,
        };
        assert_eq!(
            stretches(&hours, 30),
            [between(8, 10), between(7, 8), between(3, 4)]
        );
        assert_eq!(stretches(&hours, 50), [between(7, 10), between(3, 4)]);
        assert_eq!(stretches(&[], 50), []);
    }
}
