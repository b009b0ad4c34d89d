//! Key events: written down together with the action taken. All sources come
//! here: the detectors, the intake of leaks, the reminders.

use serde_json::{Value, json};
use store::api_keys::{self, AnomalyAction, ApiKey, Held, HeldState};
use store::audit_log::Actor;
use store::key_events::{self, KeyEvent, KeyEventAction, KeyEventKind};
use store::{AccountId, ApiKeyId, KeyEventId, Tx};

use super::api_keys::note_of;
use super::{ChangeError, Changes};

/// The actor in the audit log for the program itself, when it does what the owner of a key chose.
pub fn watcher() -> Actor {
    Actor {
        kind: "system",
        id: "anomalies".to_owned(),
        label: "anomaly detection".to_owned(),
        address: None,
    }
}

/// Something that was found about a key.
#[derive(Debug, Clone)]
pub struct Noticed {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub kind: KeyEventKind,
    /// The caller's decision, who does the rest of it; `None` where it is what the owner of the key chose.
    pub action: Option<KeyEventAction>,
    /// An object, without secrets and prompts.
    pub facts: Value,
    /// No event is written if the key has one of this kind since then.
    pub unless_since_ms: Option<i64>,
}

impl Noticed {
    /// The event, with what is done.
    pub(super) fn into_event(self, action: KeyEventAction, at_ms: i64) -> KeyEvent {
        KeyEvent {
            id: KeyEventId::generate(),
            account_id: self.account_id,
            api_key_id: self.api_key_id,
            kind: self.kind,
            action,
            facts: self.facts,
            at_ms,
        }
    }
}

impl Changes<'_> {
    /// Records an event of a key; `None` if it is no news. A key that is throttled or frozen by
    /// this is so in every server when this returns.
    ///
    /// # Errors
    /// If the account has no such key, or the database cannot be written.
    pub async fn record_key_event(
        &self,
        noticed: Noticed,
    ) -> Result<Option<KeyEvent>, ChangeError> {
        let mut tx = self.db.begin().await?;
        let (account_id, id) = (&noticed.account_id, &noticed.api_key_id);
        let key = api_keys::lock_api_key(&mut tx, account_id, id).await?;
        if let Some(since_ms) = noticed.unless_since_ms
            && key_events::has_since(&mut tx, id, noticed.kind, since_ms, "").await?
        {
            return Ok(None);
        }
        let chosen = || chosen(key.anomaly_action, noticed.kind);
        let wanted = noticed.action.unwrap_or_else(chosen);
        let state = hold_by(wanted).filter(|state| is_news(&key, *state));
        // What holds already, or cannot hold any more, is not done again: nobody is told that it was.
        let action = match (hold_by(wanted), state) {
            (Some(_), None) => otherwise(noticed.kind),
            _ => wanted,
        };
        let event = noticed.into_event(action, self.clock.now_ms());
        key_events::insert(&mut tx, &event).await?;
        match state {
            Some(state) => self.hold(tx, &key, state, &event).await?,
            None => tx.commit().await?,
        }
        Ok(Some(event))
    }

    async fn hold(
        &self,
        mut tx: Tx,
        key: &ApiKey,
        state: HeldState,
        event: &KeyEvent,
    ) -> Result<(), ChangeError> {
        let held = Held {
            state,
            since_ms: event.at_ms,
            by: event.id.clone(),
            kind: event.kind,
        };
        let seq = api_keys::hold(&mut tx, &key.id, &held).await?;
        let after = Some(json!({ "event": event.id.as_str(), "kind": event.kind.as_str() }));
        let done = match state {
            HeldState::Throttled => "api_key.throttled",
            HeldState::Frozen => "api_key.frozen",
        };
        self.note(&mut tx, note_of(key, done, None, after)).await?;
        self.commit_and_spread(tx, seq).await
    }

    /// Releases a key from quarantine. Every server serves it as before when this returns; a second release is no error.
    ///
    /// # Errors
    /// If the account has no such key.
    pub async fn lift_api_key(
        &self,
        account_id: &AccountId,
        id: &ApiKeyId,
    ) -> Result<ApiKey, ChangeError> {
        let mut tx = self.db.begin().await?;
        let key = api_keys::lock_api_key(&mut tx, account_id, id).await?;
        self.require_active(&mut tx, account_id).await?;
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

fn chosen(action: AnomalyAction, kind: KeyEventKind) -> KeyEventAction {
    match action {
        AnomalyAction::Notify => otherwise(kind),
        AnomalyAction::Throttle => KeyEventAction::Throttled,
        AnomalyAction::Freeze => KeyEventAction::Frozen,
    }
}

/// The action where the key is left as it is: a secret in a browser is refused whatever its owner chose.
fn otherwise(kind: KeyEventKind) -> KeyEventAction {
    if kind == KeyEventKind::BrowserUse {
        KeyEventAction::Refused
    } else {
        KeyEventAction::Notified
    }
}

fn hold_by(action: KeyEventAction) -> Option<HeldState> {
    match action {
        KeyEventAction::Throttled => Some(HeldState::Throttled),
        KeyEventAction::Frozen => Some(HeldState::Frozen),
        KeyEventAction::Notified | KeyEventAction::Revoked | KeyEventAction::Refused => None,
    }
}

/// Returns whether it changes anything: a frozen key is not thawed by a milder event, a revoked one stays as it is.
fn is_news(key: &ApiKey, state: HeldState) -> bool {
    key.revoked_at_ms.is_none() && key.held.as_ref().is_none_or(|held| held.state < state)
}
