//! Tiers: what an account may do. Operators edit them; the four of the contract come with the schema.

use crate::db::{Db, Row};
use crate::error::StoreError;
use crate::readable::Readable;

/// The type of an account. `None` in a limit means unlimited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    pub id: String,
    pub display_name: String,
    /// A model is reached when its `min_tier` has this rank or a lower one.
    pub rank: i64,
    /// 1 (low) to 4 (critical).
    pub priority: u8,
    pub requests_per_minute: Option<u64>,
    pub tokens_per_minute: Option<u64>,
    pub requests_per_day: Option<u64>,
    /// The account's ceiling, as a multiple of the limits of one key.
    pub account_multiplier: u64,
    /// Active keys that an account may have.
    pub keys_max: Option<u64>,
    /// What its accounts pay, in percent of a model's price.
    pub price_factor_percent: u64,
}

/// Every tier, lowest rank first.
///
/// # Errors
/// When the database cannot be read. Rows that are no tier are told apart.
pub async fn list_tiers(db: &Db) -> Result<Readable<Tier>, StoreError> {
    let rows = db
        .fetch_all("SELECT * FROM tiers ORDER BY rank, id", vec![])
        .await?;
    Ok(Readable::of(&rows, Tier::from_row))
}

impl Tier {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let priority = row.int("priority")?;
        let Some(priority) = u8::try_from(priority)
            .ok()
            .filter(|level| (1..=4).contains(level))
        else {
            let detail = format!("priority {priority} is not 1 to 4");
            return Err(StoreError::Corrupt {
                table: "tiers",
                detail,
            });
        };
        Ok(Self {
            id: row.text("id")?,
            display_name: row.text("display_name")?,
            rank: row.int("rank")?,
            priority,
            requests_per_minute: row.opt_count("requests_per_minute")?,
            tokens_per_minute: row.opt_count("tokens_per_minute")?,
            requests_per_day: row.opt_count("requests_per_day")?,
            account_multiplier: row.count("account_multiplier")?.max(1),
            keys_max: row.opt_count("keys_max")?,
            price_factor_percent: row.count("price_factor_percent")?,
        })
    }
}
