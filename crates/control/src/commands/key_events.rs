//! Key events: written down together with the action taken. All sources come
//! here: the detectors, the intake of leaks, the reminders.

use serde_json::{Value, json};
use store::api_keys::{self, AnomalyAction, ApiKey, Quarantine, QuarantineState};
use store::audit_log::Actor;
use store::key_events::{self, KeyEvent, KeyEventAction, KeyEventKind};
use store::{AccountId, ApiKeyId, KeyEventId, Tx};

use super::api_keys::note_of;
use super::{CommandError, Commands};

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
pub struct NewKeyEvent {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub kind: KeyEventKind,
    /// The caller's decision, who does the rest of it; `None` where it is what the owner of the key chose.
    pub action: Option<KeyEventAction>,
    /// An object, without secrets and prompts.
    pub facts: Value,
    /// No event is written if the key has one of this kind since then.
    pub unless_since_ms: Option<i64>,
    /// Of the account's events since then only one with this text in its facts counts, of whichever key.
    pub unless_facts: Option<String>,
}

impl NewKeyEvent {
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

impl Commands<'_> {
    /// Records an event of a key; `None` if it is no news. A key that is throttled or frozen by
    /// this is so in every server when this returns.
    ///
    /// # Errors
    /// If the account has no such key, or the database cannot be written.
    pub async fn record_key_event(
        &self,
        new: NewKeyEvent,
    ) -> Result<Option<KeyEvent>, CommandError> {
        let mut tx = self.db.begin().await?;
        let (account_id, id) = (&new.account_id, &new.api_key_id);
        let key = api_keys::lock_api_key(&mut tx, account_id, id).await?;
        if let Some(since_ms) = new.unless_since_ms
            && match &new.unless_facts {
                None => key_events::has_since(&mut tx, id, new.kind, since_ms, "").await?,
                Some(part) => {
                    let told = key_events::has_of_account_since;
                    told(&mut tx, account_id, new.kind, since_ms, part).await?
                }
            }
        {
            return Ok(None);
        }
        let chosen = || chosen(key.anomaly_action, new.kind);
        let wanted = new.action.unwrap_or_else(chosen);
        let state = quarantine_by(wanted).filter(|state| is_news(&key, *state));
        // What holds already, or cannot hold any more, is not done again: nobody is told that it was.
        let action = match (quarantine_by(wanted), state) {
            (Some(_), None) => otherwise(new.kind),
            _ => wanted,
        };
        let event = new.into_event(action, self.clock.now_ms());
        key_events::insert(&mut tx, &event).await?;
        match state {
            Some(state) => self.quarantine(tx, &key, state, &event).await?,
            None => self.commit(tx).await?,
        }
        Ok(Some(event))
    }

    async fn quarantine(
        &self,
        mut tx: Tx,
        key: &ApiKey,
        state: QuarantineState,
        event: &KeyEvent,
    ) -> Result<(), CommandError> {
        let quarantine = Quarantine {
            state,
            since_ms: event.at_ms,
            by: event.id.clone(),
            kind: event.kind,
        };
        let seq = api_keys::quarantine(&mut tx, &key.id, &quarantine).await?;
        let after = Some(json!({ "event": event.id.as_str(), "kind": event.kind.as_str() }));
        let done = match state {
            QuarantineState::Throttled => "api_key.throttled",
            QuarantineState::Frozen => "api_key.frozen",
        };
        self.note(&mut tx, note_of(key, done, None, after)).await?;
        self.commit_and_propagate(tx, seq).await
    }

    /// Releases a key from quarantine. Every server serves it as before when this returns; a second release is no error.
    ///
    /// # Errors
    /// If the account has no such key.
    pub async fn release_api_key(
        &self,
        account_id: &AccountId,
        id: &ApiKeyId,
    ) -> Result<ApiKey, CommandError> {
        let mut tx = self.db.begin().await?;
        let key = api_keys::lock_api_key(&mut tx, account_id, id).await?;
        self.require_active(&mut tx, account_id).await?;
        let seq = api_keys::release(&mut tx, id, self.clock.now_ms()).await?;
        if let Some(quarantine) = &key.quarantine {
            let before = Some(json!({
                "quarantine": quarantine.state.as_str(),
                "event": quarantine.by.as_str(),
                "kind": quarantine.kind.as_str(),
            }));
            self.note(&mut tx, note_of(&key, "api_key.released", before, None))
                .await?;
        }
        self.commit_and_propagate(tx, seq).await?;
        Ok(ApiKey {
            quarantine: None,
            ..key
        })
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

fn quarantine_by(action: KeyEventAction) -> Option<QuarantineState> {
    match action {
        KeyEventAction::Throttled => Some(QuarantineState::Throttled),
        KeyEventAction::Frozen => Some(QuarantineState::Frozen),
        KeyEventAction::Notified | KeyEventAction::Revoked | KeyEventAction::Refused => None,
    }
}

/// Returns whether it changes anything: a frozen key is not thawed by a milder event, a revoked one stays as it is.
fn is_news(key: &ApiKey, state: QuarantineState) -> bool {
    key.revoked_at_ms.is_none()
        && key
            .quarantine
            .as_ref()
            .is_none_or(|quarantine| quarantine.state < state)
}
