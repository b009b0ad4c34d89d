//! What holds a key back because something odd was noticed, and what its owner wants done then.

use super::corrupt;
use crate::auth_log::{self, AuthChange};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::id::{ApiKeyId, KeyEventId};
use crate::key_events::KeyEventKind;

/// What the owner of a key wants done when something odd is noticed about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnomalyAction {
    /// Tell the account.
    #[default]
    Notify,
    /// And give the key a tenth of its limits until somebody lifts that.
    Throttle,
    /// And refuse the key until somebody lifts that.
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

/// How a key is held back; the later the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeldState {
    /// It has a tenth of its limits.
    Throttled,
    /// It is refused.
    Frozen,
}

impl HeldState {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Frozen => "frozen",
        }
    }
}

/// What holds a key back, since when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub state: HeldState,
    pub since_ms: i64,
    /// The event that brought it about, and what that noticed.
    pub by: KeyEventId,
    pub kind: KeyEventKind,
}

impl Held {
    /// A hold that cannot be read must refuse, never vanish: it is an error, not "nothing holds".
    pub(super) fn from_row(row: &Row) -> Result<Option<Self>, StoreError> {
        let Some(word) = row.opt_text("held")? else {
            return Ok(None);
        };
        let known = [HeldState::Throttled, HeldState::Frozen];
        let state = known.into_iter().find(|state| state.as_str() == word);
        let kind = row.opt_text("held_kind")?.unwrap_or_default();
        Ok(Some(Self {
            state: state.ok_or_else(|| corrupt(format!("held {word:?}")))?,
            since_ms: row.opt_int("held_since_ms")?.unwrap_or_default(),
            by: row.opt_text("held_by")?.unwrap_or_default().into(),
            kind: KeyEventKind::parse(&kind)
                .ok_or_else(|| corrupt(format!("held_kind {kind:?}")))?,
        }))
    }
}

/// Holds a key back. Returns the change that replicas have to learn of.
///
/// # Errors
/// When the database cannot be written.
pub async fn hold(tx: &mut Tx, id: &ApiKeyId, held: &Held) -> Result<i64, StoreError> {
    let values = vec![
        id.as_str().into(),
        held.state.as_str().into(),
        held.since_ms.into(),
        held.by.as_str().into(),
        held.kind.as_str().into(),
    ];
    tx.execute(
        "UPDATE api_keys SET held = $2, held_since_ms = $3, held_by = $4, held_kind = $5 WHERE id = $1",
        values,
    )
    .await?;
    auth_log::append(tx, &AuthChange::ApiKey(id.clone()), held.since_ms).await
}

/// Holds a key back no longer. Returns the change that replicas have to learn of; lifting twice is no
/// error, and waits as the first time did.
///
/// # Errors
/// When the database cannot be written.
pub async fn lift(tx: &mut Tx, id: &ApiKeyId, now_ms: i64) -> Result<i64, StoreError> {
    let sql =
        "UPDATE api_keys SET held = NULL, held_since_ms = NULL, held_by = NULL, held_kind = NULL
               WHERE id = $1";
    tx.execute(sql, vec![id.as_str().into()]).await?;
    auth_log::append(tx, &AuthChange::ApiKey(id.clone()), now_ms).await
}
