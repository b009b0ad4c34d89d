//! Budgets: the most that may be spent in a window, by a key or an account.

use serde::{Deserialize, Serialize};

use crate::db::{Db, Row, Value};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};
use crate::usage_rollups::{DAY_MS, HOUR_MS, MINUTE_MS};

/// The most that may be spent in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    pub window: BudgetWindow,
    #[serde(default)]
    pub mode: BudgetMode,
    /// In nano-dollars.
    pub amount_nanos: u64,
    #[serde(default)]
    pub action: BudgetAction,
    /// Another amount for a while.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    pub replaced: Option<BudgetOverride>,
}

/// The amount of a budget until some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetOverride {
    pub amount_nanos: u64,
    pub until_ms: i64,
}

/// The length of a budget's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetWindow {
    /// Five hours from the first use on.
    Session,
    Day,
    Week,
    Month,
    /// All time.
    Total,
}

/// The way in which a window moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetMode {
    /// Begins anew with the day, the week (on Monday) or the month, in UTC.
    #[default]
    Calendar,
    /// The last so many hours.
    Rolling,
}

/// The effect of a budget that is used up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetAction {
    /// Requests are refused.
    #[default]
    Block,
    /// The account is told, and nothing else.
    Warn,
}

impl Budget {
    /// The amount at some time, in nano-dollars.
    pub fn amount_at(&self, now_ms: i64) -> u64 {
        match self.replaced {
            Some(replaced) if now_ms < replaced.until_ms => replaced.amount_nanos,
            _ => self.amount_nanos,
        }
    }
}

impl BudgetWindow {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Total => "total",
        }
    }
}

impl BudgetMode {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Rolling => "rolling",
        }
    }
}

impl BudgetAction {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Warn => "warn",
        }
    }
}

/// The sums of charges that budgets are counted from, in nano-dollars, by the begin of the minute or hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spent {
    pub minutes: Vec<(i64, u64)>,
    pub hours: Vec<(i64, u64)>,
    /// Of all time.
    pub total: u64,
}

/// The begins of the minutes and hours that [`read_spent`] reads.
#[derive(Debug, Clone, Copy)]
pub struct SpentSince {
    pub minute_ms: i64,
    pub hour_ms: i64,
}

/// The charges of a key, or of all keys of its account.
///
/// # Errors
/// If the database cannot be read.
pub async fn read_spent(
    db: &Db,
    account_id: &AccountId,
    api_key_id: Option<&ApiKeyId>,
    since: SpentSince,
) -> Result<Spent, StoreError> {
    let values = |step_ms: i64, since_ms: i64| -> Vec<Value> {
        let key = api_key_id.map_or("", ApiKeyId::as_str);
        vec![
            account_id.as_str().into(),
            step_ms.into(),
            since_ms.into(),
            key.into(),
        ]
    };
    let steps = "SELECT at_ms, CAST(SUM(charge_nanos) AS BIGINT) AS charge_nanos FROM usage_rollups
        WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND ($4 = '' OR api_key_id = $4)
        GROUP BY at_ms HAVING SUM(charge_nanos) > 0 ORDER BY at_ms";
    let minutes = db.fetch_all(steps, values(MINUTE_MS, since.minute_ms));
    let minutes = of_steps(&minutes.await?)?;
    let hours = db.fetch_all(steps, values(HOUR_MS, since.hour_ms));
    let hours = of_steps(&hours.await?)?;
    let sql =
        "SELECT CAST(COALESCE(SUM(charge_nanos), 0) AS BIGINT) AS charge_nanos FROM usage_rollups
        WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND ($4 = '' OR api_key_id = $4)";
    let total = db.fetch_one(sql, values(DAY_MS, 0)).await?;
    Ok(Spent {
        minutes,
        hours,
        total: total.count("charge_nanos")?,
    })
}

fn of_steps(rows: &[Row]) -> Result<Vec<(i64, u64)>, StoreError> {
    let of_step = |row: &Row| Ok((row.int("at_ms")?, row.count("charge_nanos")?));
    rows.iter().map(of_step).collect()
}

/// The text in the database; none for no budgets.
pub(crate) fn encode(budgets: &[Budget]) -> Option<String> {
    (!budgets.is_empty()).then(|| text_of(budgets))
}

/// The text in the database, also of a list without budgets; none for no list.
pub(crate) fn encode_list(budgets: Option<&[Budget]>) -> Option<String> {
    budgets.map(text_of)
}

fn text_of(budgets: &[Budget]) -> String {
    serde_json::to_string(budgets).unwrap_or_default()
}

/// The budgets of a row; none where the column is empty.
pub(crate) fn from_row(row: &Row, column: &'static str) -> Result<Vec<Budget>, StoreError> {
    Ok(list_from_row(row, column)?.unwrap_or_default())
}

/// The list of budgets of a row. One that cannot be read is an error, not none: it may have been low.
pub(crate) fn list_from_row(
    row: &Row,
    column: &'static str,
) -> Result<Option<Vec<Budget>>, StoreError> {
    let Some(text) = row.opt_text(column)? else {
        return Ok(None);
    };
    let list = serde_json::from_str(&text);
    list.map(Some).map_err(|error| StoreError::Corrupt {
        table: "budgets",
        detail: format!("{column}: {error}"),
    })
}
