//! Tiers: what an account may do. Operators edit them; the four of the contract come with the schema.

use crate::auth_log::{self, AuthChange};
use crate::budgets::{self, Budget};
use crate::db::{Db, Row, Tx, Value, word_enum};
use crate::error::StoreError;
use crate::partial_rows::PartialRows;

word_enum!(
    /// The way in which accounts pay.
    CreditsMode {
        /// Usage is charged, and nothing is asked for in advance.
        Off = "off",
        /// A request is admitted only within the credits of its account.
        Required = "required",
    }
);

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
    /// Requests of one key that run at the same time, from their first byte to the last of their response.
    pub concurrent_requests: Option<u64>,
    /// The account's ceiling, as a multiple of the limits of one key.
    pub account_multiplier: u64,
    /// Active keys that an account may have.
    pub keys_max: Option<u64>,
    /// The price factor of its accounts, in percent of a model's price.
    pub price_factor_percent: u64,
    /// The way in which its accounts pay; `None` is that of the configuration.
    pub credits: Option<CreditsMode>,
    /// The most that each of its accounts may spend.
    pub budgets: Vec<Budget>,
}

/// Every tier, lowest rank first.
///
/// # Errors
/// If the database cannot be read. Rows that are no tier are told apart.
pub async fn list_tiers(db: &Db) -> Result<PartialRows<Tier>, StoreError> {
    let rows = db
        .fetch_all("SELECT * FROM tiers ORDER BY rank, id", vec![])
        .await?;
    Ok(PartialRows::of(&rows, Tier::from_row))
}

/// The tier of that id.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn get_tier(db: &Db, id: &str) -> Result<Tier, StoreError> {
    let sql = "SELECT * FROM tiers WHERE id = $1";
    let row = db.fetch_optional(sql, vec![id.into()]).await?;
    Tier::from_row(&row.ok_or(NO_TIER)?)
}

/// Counts the accounts of each tier.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_accounts(db: &Db) -> Result<Vec<(String, u64)>, StoreError> {
    let sql = "SELECT tier_id, COUNT(*) AS n FROM accounts GROUP BY tier_id";
    let rows = db.fetch_all(sql, vec![]).await?;
    rows.iter()
        .map(|row| Ok((row.text("tier_id")?, row.count("n")?)))
        .collect()
}

/// Adds a tier. Returns the change that replicas have to learn of.
///
/// # Errors
/// [`StoreError::Conflict`] if there is one of that id.
pub async fn insert(tx: &mut Tx, tier: &Tier, now_ms: i64) -> Result<i64, StoreError> {
    let sql = "INSERT INTO tiers (id, display_name, rank, priority, requests_per_minute, tokens_per_minute,
                   requests_per_day, account_multiplier, keys_max, price_factor_percent, concurrent_requests,
                   credits, budgets)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    tx.execute(sql, values(tier)).await?;
    auth_log::append(tx, &AuthChange::Catalog, now_ms).await
}

/// Changes a tier. Returns the change that replicas have to learn of.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn update(tx: &mut Tx, tier: &Tier, now_ms: i64) -> Result<i64, StoreError> {
    let sql = "UPDATE tiers SET display_name = $2, rank = $3, priority = $4, requests_per_minute = $5,
                   tokens_per_minute = $6, requests_per_day = $7, account_multiplier = $8, keys_max = $9,
                   price_factor_percent = $10, concurrent_requests = $11, credits = $12, budgets = $13
               WHERE id = $1";
    if tx.execute(sql, values(tier)).await? == 0 {
        return Err(NO_TIER);
    }
    auth_log::append(tx, &AuthChange::Catalog, now_ms).await
}

/// Removes a tier. Returns the change that replicas have to learn of.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none, [`StoreError::Conflict`] if an account or a model has it.
pub async fn delete(tx: &mut Tx, id: &str, now_ms: i64) -> Result<i64, StoreError> {
    let sql = "DELETE FROM tiers WHERE id = $1";
    if tx.execute(sql, vec![id.into()]).await? == 0 {
        return Err(NO_TIER);
    }
    auth_log::append(tx, &AuthChange::Catalog, now_ms).await
}

const NO_TIER: StoreError = StoreError::NotFound { what: "the tier" };

fn values(tier: &Tier) -> Vec<Value> {
    vec![
        tier.id.clone().into(),
        tier.display_name.clone().into(),
        tier.rank.into(),
        i64::from(tier.priority).into(),
        tier.requests_per_minute.into(),
        tier.tokens_per_minute.into(),
        tier.requests_per_day.into(),
        tier.account_multiplier.into(),
        tier.keys_max.into(),
        tier.price_factor_percent.into(),
        tier.concurrent_requests.into(),
        tier.credits.map(|mode| mode.as_str().to_owned()).into(),
        budgets::encode(&tier.budgets).into(),
    ]
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
            concurrent_requests: row.opt_count("concurrent_requests")?,
            account_multiplier: row.count("account_multiplier")?.max(1),
            keys_max: row.opt_count("keys_max")?,
            price_factor_percent: row.count("price_factor_percent")?,
            // A word of a newer version is as if nothing were said.
            credits: row
                .opt_text("credits")?
                .as_deref()
                .and_then(CreditsMode::parse),
            budgets: budgets::from_row(row, "budgets")?,
        })
    }
}
