//! Key events: anomalies and other detections about API keys, and the action taken. A row is its own outbox: the
//! announcer takes the rows that were not announced yet.

use serde_json::Value as Json;

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, KeyEventId};
use crate::pattern;

/// The kind of a key event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyEventKind {
    /// The first use of a model that costs far more than all that the key used before.
    CostlierModel,
    /// The first use from a network.
    NewNetwork,
    /// A spike of requests: far more than in the key's own week.
    RequestSpike,
    /// A spike of spend: far more than in the key's own week.
    SpendSpike,
    /// A burst of errors: far more than usual.
    ErrorBurst,
    /// A secret was sent by a browser.
    BrowserUse,
    /// A secret was found in a public place, or sent to the form for that.
    LeakReported,
    /// The secret is older than the account wants them to be.
    RotationDue,
    /// Half, four fifths or all of a budget is spent.
    BudgetAlert,
}

impl KeyEventKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::CostlierModel,
        Self::NewNetwork,
        Self::RequestSpike,
        Self::SpendSpike,
        Self::ErrorBurst,
        Self::BrowserUse,
        Self::LeakReported,
        Self::RotationDue,
        Self::BudgetAlert,
    ];

    /// The word in the database and in responses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CostlierModel => "costlier_model",
            Self::NewNetwork => "new_network",
            Self::RequestSpike => "request_spike",
            Self::SpendSpike => "spend_spike",
            Self::ErrorBurst => "error_burst",
            Self::BrowserUse => "browser_use",
            Self::LeakReported => "leak_reported",
            Self::RotationDue => "rotation_due",
            Self::BudgetAlert => "budget_alert",
        }
    }

    /// The kind of that name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let word = row.text("kind")?;
        Self::parse(&word).ok_or_else(|| corrupt(&format!("kind {word:?}")))
    }
}

/// The action taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyEventAction {
    /// Nothing but telling the account.
    Notified,
    /// The key gets a tenth of its limits until it is released.
    Throttled,
    /// The key is refused until it is released.
    Frozen,
    /// The key was revoked for good.
    Revoked,
    /// The request was refused; the key is as it was.
    Refused,
}

impl KeyEventAction {
    const ALL: [Self; 5] = [
        Self::Notified,
        Self::Throttled,
        Self::Frozen,
        Self::Revoked,
        Self::Refused,
    ];

    /// The word in the database and in responses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notified => "notified",
            Self::Throttled => "throttled",
            Self::Frozen => "frozen",
            Self::Revoked => "revoked",
            Self::Refused => "refused",
        }
    }

    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let word = row.text("action")?;
        let known = Self::ALL.into_iter().find(|action| action.as_str() == word);
        known.ok_or_else(|| corrupt(&format!("action {word:?}")))
    }
}

/// Something that was found about a key.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyEvent {
    pub id: KeyEventId,
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub kind: KeyEventKind,
    pub action: KeyEventAction,
    /// The evidence: what was seen and what is usual, as an object, never with a secret or a prompt in it.
    pub facts: Json,
    pub at_ms: i64,
}

/// Adds an event; it is announced afterwards.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(tx: &mut Tx, event: &KeyEvent) -> Result<(), StoreError> {
    let values = vec![
        event.id.as_str().into(),
        event.account_id.as_str().into(),
        event.api_key_id.as_str().into(),
        event.kind.as_str().into(),
        event.action.as_str().into(),
        event.facts.to_string().into(),
        event.at_ms.into(),
    ];
    tx.execute(
        "INSERT INTO key_events (id, account_id, api_key_id, kind, action, facts, at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values,
    )
    .await
    .map(drop)
}

/// Returns whether the key has an event of this kind since then, with `part` in its facts.
///
/// # Errors
/// If the database cannot be read.
pub async fn has_since(
    tx: &mut Tx,
    api_key_id: &ApiKeyId,
    kind: KeyEventKind,
    since_ms: i64,
    part: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM key_events WHERE api_key_id = $1 AND kind = $2 AND at_ms >= $3
               AND ($4 = '' OR LOWER(facts) LIKE $4 ESCAPE '!') LIMIT 1";
    let values = vec![
        api_key_id.as_str().into(),
        kind.as_str().into(),
        since_ms.into(),
        pattern::containing(part).into(),
    ];
    Ok(tx.fetch_optional(sql, values).await?.is_some())
}

/// Returns whether the account has an event of this kind since then, with `part` in its facts.
///
/// # Errors
/// If the database cannot be read.
pub async fn has_of_account_since(
    tx: &mut Tx,
    account_id: &AccountId,
    kind: KeyEventKind,
    since_ms: i64,
    part: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM key_events WHERE account_id = $1 AND kind = $2 AND at_ms >= $3
               AND LOWER(facts) LIKE $4 ESCAPE '!' LIMIT 1";
    let values = vec![
        account_id.as_str().into(),
        kind.as_str().into(),
        since_ms.into(),
        pattern::containing(part).into(),
    ];
    Ok(tx.fetch_optional(sql, values).await?.is_some())
}

/// Events of an account, of one of its keys if `api_key_id` says which; newest first, `limit` of them,
/// older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    account_id: &AccountId,
    api_key_id: Option<&ApiKeyId>,
    before: Option<&KeyEventId>,
    limit: u32,
) -> Result<Vec<KeyEvent>, StoreError> {
    // Two texts and not one with OR: each has an index that it follows.
    let sql = match api_key_id {
        Some(_) => {
            "SELECT * FROM key_events WHERE account_id = $1 AND api_key_id = $2 AND id < $3
             ORDER BY id DESC LIMIT $4"
        }
        None => {
            "SELECT * FROM key_events WHERE account_id = $1 AND $2 = '' AND id < $3
             ORDER BY id DESC LIMIT $4"
        }
    };
    let values = vec![
        account_id.as_str().into(),
        api_key_id.map_or("", ApiKeyId::as_str).into(),
        before.map_or("~", KeyEventId::as_str).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(KeyEvent::from_row).collect()
}

/// Returns whether the account has this event.
///
/// # Errors
/// If the database cannot be read.
pub async fn exists(db: &Db, account_id: &AccountId, id: &KeyEventId) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM key_events WHERE id = $1 AND account_id = $2";
    let values = vec![id.as_str().into(), account_id.as_str().into()];
    Ok(db.fetch_optional(sql, values).await?.is_some())
}

/// Events that were not announced yet, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_unannounced(db: &Db, limit: u32) -> Result<Vec<KeyEvent>, StoreError> {
    let sql = "SELECT * FROM key_events WHERE announced_at_ms IS NULL ORDER BY id LIMIT $1";
    let rows = db.fetch_all(sql, vec![i64::from(limit).into()]).await?;
    rows.iter().map(KeyEvent::from_row).collect()
}

/// Claims the announcement; of two replicas that try at the same time one gets `false`.
///
/// # Errors
/// If the database cannot be written.
pub async fn announce(tx: &mut Tx, id: &KeyEventId, now_ms: i64) -> Result<bool, StoreError> {
    let sql =
        "UPDATE key_events SET announced_at_ms = $2 WHERE id = $1 AND announced_at_ms IS NULL";
    let changed = tx
        .execute(sql, vec![id.as_str().into(), now_ms.into()])
        .await?;
    Ok(changed == 1)
}

impl KeyEvent {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let facts = row.text("facts")?;
        Ok(Self {
            id: row.text("id")?.into(),
            account_id: row.text("account_id")?.into(),
            api_key_id: row.text("api_key_id")?.into(),
            kind: KeyEventKind::from_row(row)?,
            action: KeyEventAction::from_row(row)?,
            facts: serde_json::from_str(&facts).map_err(|_| corrupt("facts are no JSON"))?,
            at_ms: row.int("at_ms")?,
        })
    }
}

fn corrupt(detail: &str) -> StoreError {
    StoreError::Corrupt {
        table: "key_events",
        detail: detail.to_owned(),
    }
}
