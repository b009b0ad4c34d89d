//! What is noticed about API keys: written down together with what is done about it. Everybody who notices
//! something comes here: the detectors, the intake of leaks, the reminders.

use serde_json::{Value, json};
use store::api_keys::{self, AnomalyAction, ApiKey, Held, HeldState};
use store::audit_log::Actor;
use store::key_events::{self, KeyEvent, KeyEventAction, KeyEventKind};
use store::{AccountId, ApiKeyId, KeyEventId};

use super::api_keys::note_of;
use super::{ChangeError, Changes};

/// As whom the audit log knows the program itself, when it does what the owner of a key chose.
pub fn watcher() -> Actor {
    Actor {
        kind: "system",
        id: "anomalies".to_owned(),
        label: "anomaly detection".to_owned(),
        address: None,
    }
}

impl Changes<'_> {
    /// Writes down what was noticed about a key. With `action` the caller decided what is done, and does the rest
    /// of it; without, it is what the owner of the key chose. A key that is throttled or frozen by this is so in
    /// every server when this returns. `facts` must be an object, without secrets and prompts.
    ///
    /// # Errors
    /// When the account has no such key, or the database cannot be written.
    pub async fn record_key_event(
        &self,
        account_id: &AccountId,
        api_key_id: &ApiKeyId,
        kind: KeyEventKind,
        facts: Value,
        action: Option<KeyEventAction>,
    ) -> Result<KeyEvent, ChangeError> {
        let at_ms = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let key = api_keys::lock_api_key(&mut tx, account_id, api_key_id).await?;
        let wanted = action.unwrap_or_else(|| chosen(key.anomaly_action));
        let state = hold_by(wanted).filter(|state| is_news(&key, *state));
        let event = KeyEvent {
            id: KeyEventId::generate(),
            account_id: account_id.clone(),
            api_key_id: api_key_id.clone(),
            kind,
            // What holds already, or cannot hold any more, is not done again: nobody is told that it was.
            action: match (hold_by(wanted), state) {
                (Some(_), None) => KeyEventAction::Notified,
                _ => wanted,
            },
            facts,
            at_ms,
        };
        key_events::insert(&mut tx, &event).await?;
        let Some(state) = state else {
            tx.commit().await?;
            return Ok(event);
        };
        let held = Held {
            state,
            since_ms: at_ms,
            by: event.id.clone(),
            kind,
        };
        let seq = api_keys::hold(&mut tx, api_key_id, &held).await?;
        let after = Some(json!({ "event": event.id.as_str(), "kind": kind.as_str() }));
        let done = match state {
            HeldState::Throttled => "api_key.throttled",
            HeldState::Frozen => "api_key.frozen",
        };
        self.note(&mut tx, note_of(&key, done, None, after)).await?;
        self.commit_and_spread(tx, seq).await?;
        Ok(event)
    }

    /// Holds a key back no longer. Every server serves it as before when this returns; doing it twice is no error.
    ///
    /// # Errors
    /// When the account has no such key.
    pub async fn lift_api_key(
        &self,
        account_id: &AccountId,
        id: &ApiKeyId,
    ) -> Result<ApiKey, ChangeError> {
        let mut tx = self.db.begin().await?;
        let key = api_keys::lock_api_key(&mut tx, account_id, id).await?;
        let seq = api_keys::lift(&mut tx, id, self.clock.now_ms()).await?;
        if let Some(held) = &key.held {
            let before = Some(json!({
                "held": held.state.as_str(),
                "event": held.by.as_str(),
                "kind": held.kind.as_str(),
            }));
            self.note(&mut tx, note_of(&key, "api_key.lifted", before, None))
                .await?;
        }
        self.commit_and_spread(tx, seq).await?;
        Ok(ApiKey { held: None, ..key })
    }
}

fn chosen(action: AnomalyAction) -> KeyEventAction {
    match action {
        AnomalyAction::Notify => KeyEventAction::Notified,
        AnomalyAction::Throttle => KeyEventAction::Throttled,
        AnomalyAction::Freeze => KeyEventAction::Frozen,
    }
}

fn hold_by(action: KeyEventAction) -> Option<HeldState> {
    match action {
        KeyEventAction::Throttled => Some(HeldState::Throttled),
        KeyEventAction::Frozen => Some(HeldState::Frozen),
        KeyEventAction::Notified | KeyEventAction::Revoked | KeyEventAction::Refused => None,
    }
}

/// Whether it changes anything: a frozen key is not thawed by a milder event, a revoked one stays as it is.
fn is_news(key: &ApiKey, state: HeldState) -> bool {
    key.revoked_at_ms.is_none() && key.held.as_ref().is_none_or(|held| held.state < state)
}
