//! Writing down what was noticed about API keys where it is settled already what was done.

use serde_json::Value;
use store::key_events::{self, KeyEvent, KeyEventAction, KeyEventKind};
use store::{AccountId, ApiKeyId, KeyEventId};

use super::{ChangeError, Changes};

/// Something that was noticed about a key.
#[derive(Debug, Clone)]
pub struct Noticed {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub kind: KeyEventKind,
    pub action: KeyEventAction,
    pub facts: Value,
    /// Nothing is written down when the same kind was noticed of this key since then.
    pub unless_since_ms: i64,
}

impl Changes<'_> {
    /// Writes down what was noticed, unless it is no news; `false` then.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn note_key_event(&self, noticed: Noticed) -> Result<bool, ChangeError> {
        let mut tx = self.db.begin().await?;
        let (key, kind) = (&noticed.api_key_id, noticed.kind);
        if key_events::has_since(&mut tx, key, kind, noticed.unless_since_ms, "").await? {
            return Ok(false);
        }
        key_events::insert(&mut tx, &noticed.into_event(self.clock.now_ms())).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Noticed {
    pub(super) fn into_event(self, at_ms: i64) -> KeyEvent {
        KeyEvent {
            id: KeyEventId::generate(),
            account_id: self.account_id,
            api_key_id: self.api_key_id,
            kind: self.kind,
            action: self.action,
            facts: self.facts,
            at_ms,
        }
    }
}
