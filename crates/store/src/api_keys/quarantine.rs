//! The quarantine of a key after an anomaly, and its owner's choice of what an anomaly does.

use super::corrupt;
use crate::auth_log::{self, AuthChange};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::id::{ApiKeyId, KeyEventId};
use crate::key_events::KeyEventKind;

/// The owner's choice of what an anomaly of a key does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnomalyAction {
    /// The account is told.
    #[default]
    Notify,
    /// The account is told, and the key gets a tenth of its limits until it is released.
    Throttle,
    /// The account is told, and the key is refused until it is released.
    Freeze,
}

impl AnomalyAction {
    /// Every choice, the mildest first.
    pub const ALL: [Self; 3] = [Self::Notify, Self::Throttle, Self::Freeze];

    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::Throttle => "throttle",
            Self::Freeze => "freeze",
        }
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let word = row.text("anomaly_action")?;
        let known = Self::ALL.into_iter().find(|one| one.as_str() == word);
        known.ok_or_else(|| corrupt(format!("anomaly_action {word:?}")))
    }
}

/// The strength of a quarantine; the later the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuarantineState {
    /// A tenth of the limits.
    Throttled,
    /// Requests are refused.
    Frozen,
}

impl QuarantineState {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Frozen => "frozen",
        }
    }
}

/// The quarantine of a key: how strong, since when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    pub state: QuarantineState,
    pub since_ms: i64,
    /// The event that caused it, and the event's kind.
    pub by: KeyEventId,
    pub kind: KeyEventKind,
}

impl Quarantine {
    /// A quarantine that cannot be read must refuse, never vanish: an error, not "none".
    pub(super) fn from_row(row: &Row) -> Result<Option<Self>, StoreError> {
        let Some(word) = row.opt_text("quarantine")? else {
            return Ok(None);
        };
        let known = [QuarantineState::Throttled, QuarantineState::Frozen];
        let state = known.into_iter().find(|state| state.as_str() == word);
        let kind = row.opt_text("quarantine_kind")?.unwrap_or_default();
        Ok(Some(Self {
            state: state.ok_or_else(|| corrupt(format!("quarantine {word:?}")))?,
            since_ms: row.opt_int("quarantine_since_ms")?.unwrap_or_default(),
            by: row
                .opt_text("quarantine_event_id")?
                .unwrap_or_default()
                .into(),
            kind: KeyEventKind::parse(&kind)
                .ok_or_else(|| corrupt(format!("quarantine_kind {kind:?}")))?,
        }))
    }
}

/// Puts a key into quarantine. Returns the change that replicas have to learn of.
///
/// # Errors
/// If the database cannot be written.
pub async fn quarantine(
    tx: &mut Tx,
    id: &ApiKeyId,
    quarantine: &Quarantine,
) -> Result<i64, StoreError> {
    let values = vec![
        id.as_str().into(),
        quarantine.state.as_str().into(),
        quarantine.since_ms.into(),
        quarantine.by.as_str().into(),
        quarantine.kind.as_str().into(),
    ];
    tx.execute(
        "UPDATE api_keys SET quarantine = $2, quarantine_since_ms = $3, quarantine_event_id = $4, quarantine_kind = $5 WHERE id = $1",
        values,
    )
    .await?;
    auth_log::append(tx, &AuthChange::ApiKey(id.clone()), quarantine.since_ms).await
}

/// Releases a key from quarantine. Returns the change that replicas have to learn of; a second release is no
/// error, and waits as the first did.
///
/// # Errors
/// If the database cannot be written.
pub async fn release(tx: &mut Tx, id: &ApiKeyId, now_ms: i64) -> Result<i64, StoreError> {
    let sql =
        "UPDATE api_keys SET quarantine = NULL, quarantine_since_ms = NULL, quarantine_event_id = NULL, quarantine_kind = NULL
               WHERE id = $1";
    tx.execute(sql, vec![id.as_str().into()]).await?;
    auth_log::append(tx, &AuthChange::ApiKey(id.clone()), now_ms).await
}
