//! Secrets that somebody found in public: what works is ended at once, and its account is told.

use gateway::client_tokens::ClientToken;
use serde_json::{Value, json};
use store::api_keys::{self, AuthRecord};
use store::audit_log::Subject;
use store::key_events::{self, KeyEventAction, KeyEventKind};
use store::management_keys;
use store::secret::{SecretKind, is_client_token, is_well_formed};

use super::key_events::NewKeyEvent;
use super::{CommandError, Commands, Note};

/// Characters that are kept of where a secret was found.
const PLACE_CHARS_MAX: usize = 500;

/// The part of an event's facts where the key was revoked.
const REVOKED: &str = r#""outcome":"revoked""#;

/// A secret that was found.
#[derive(Debug, Clone, Copy)]
pub struct Leak<'a> {
    pub secret: &'a str,
    /// The finder: `form`, or what a reporter says.
    pub source: &'a str,
    /// The place, if that is known.
    pub url: Option<&'a str>,
}

/// The kind of a secret that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaked {
    /// An API key's, which does not work any more.
    ApiKey,
    /// A management key's, which does not work any more.
    ManagementKey,
    /// A client token of ours, which ends by itself within the hour; the account of its key is told.
    ClientToken,
    /// None of ours.
    Unknown,
}

impl Commands<'_> {
    /// Ends a secret that was found, if it is one of ours. The same report again changes nothing and says the same.
    ///
    /// # Errors
    /// If the database cannot be read or written, or not every server is known to act on it yet.
    pub async fn report_leak(&self, leak: Leak<'_>) -> Result<Leaked, CommandError> {
        if is_well_formed(leak.secret) {
            self.leaked_api_key(leak).await
        } else if SecretKind::ManagementKey.is_shape_of(leak.secret) {
            self.leaked_management_key(leak).await
        } else if is_client_token(leak.secret) {
            self.leaked_client_token(leak).await
        } else {
            Ok(Leaked::Unknown)
        }
    }

    async fn leaked_api_key(&self, leak: Leak<'_>) -> Result<Leaked, CommandError> {
        let now_ms = self.clock.now_ms();
        let digest = self.master.pepper().digest(leak.secret);
        let Some(found) = api_keys::find_by_digest(self.db, digest, now_ms).await? else {
            return Ok(Leaked::Unknown);
        };
        match found.secret_ends_at_ms {
            // It was replaced: the key goes on with another.
            Some(end_ms) if end_ms <= now_ms => {}
            Some(_) => self.end_leaked_grace(&found, leak).await?,
            None => self.revoke_leaked(&found, leak).await?,
        }
        Ok(Leaked::ApiKey)
    }

    async fn revoke_leaked(&self, found: &AuthRecord, leak: Leak<'_>) -> Result<(), CommandError> {
        let (key, now_ms) = (&found.key, self.clock.now_ms());
        let mut tx = self.db.begin().await?;
        // Revoking waits for its turn: of two reports at the same time one is the first.
        let seq = api_keys::revoke(&mut tx, &key.account_id, &key.id, now_ms).await?;
        let is_noted =
            key_events::has_since(&mut tx, &key.id, KeyEventKind::LeakReported, 0, REVOKED).await?;
        if key.revoked_at_ms.is_none() && !is_noted {
            self.note(&mut tx, note_of(found, "api_key.revoked"))
                .await?;
            let facts = facts(leak, "revoked", None);
            let event = noticed(found, facts).into_event(KeyEventAction::Revoked, now_ms);
            key_events::insert(&mut tx, &event).await?;
        }
        self.commit_and_propagate(tx, seq).await
    }

    /// The secret that was found is an old one whose grace runs: that ends, and the key goes on.
    async fn end_leaked_grace(
        &self,
        found: &AuthRecord,
        leak: Leak<'_>,
    ) -> Result<(), CommandError> {
        let (key, now_ms) = (&found.key, self.clock.now_ms());
        let mut tx = self.db.begin().await?;
        let seq = api_keys::end_grace(&mut tx, &key.id, now_ms).await?;
        self.note(&mut tx, note_of(found, "api_key.grace_ended"))
            .await?;
        let facts = facts(leak, "grace_ended", None);
        let event = noticed(found, facts).into_event(KeyEventAction::Revoked, now_ms);
        key_events::insert(&mut tx, &event).await?;
        self.commit_and_propagate(tx, seq).await
    }

    async fn leaked_management_key(&self, leak: Leak<'_>) -> Result<Leaked, CommandError> {
        let digest = self.master.pepper().digest(leak.secret);
        let Some(key) = management_keys::find_any_by_digest(self.db, digest).await? else {
            return Ok(Leaked::Unknown);
        };
        if key.revoked_at_ms.is_none() {
            self.revoke_management_key(key.account_id.as_ref(), &key.id)
                .await?;
        }
        Ok(Leaked::ManagementKey)
    }

    async fn leaked_client_token(&self, leak: Leak<'_>) -> Result<Leaked, CommandError> {
        let now_ms = self.clock.now_ms();
        let Some(token) = ClientToken::read(self.master, leak.secret) else {
            return Ok(Leaked::Unknown);
        };
        let found = api_keys::find_by_digest(self.db, token.digest, now_ms).await?;
        let Some(found) = found.filter(|_| !token.is_expired(now_ms)) else {
            return Ok(Leaked::ClientToken);
        };
        let id = token.id_text();
        let mut tx = self.db.begin().await?;
        let kind = KeyEventKind::LeakReported;
        if !key_events::has_since(&mut tx, &found.key.id, kind, 0, &id).await? {
            let facts = facts(leak, "client_token", Some(&id));
            let event = noticed(&found, facts).into_event(KeyEventAction::Notified, now_ms);
            key_events::insert(&mut tx, &event).await?;
            self.commit(tx).await?;
        }
        Ok(Leaked::ClientToken)
    }
}

fn note_of<'a>(found: &'a AuthRecord, action: &'static str) -> Note<'a> {
    Note {
        account_id: Some(&found.key.account_id),
        action,
        subject: Subject {
            kind: "api_key",
            id: found.key.id.to_string(),
            label: found.key.name.clone(),
        },
        before: None,
        after: Some(json!({ "reason": "leaked" })),
    }
}

fn noticed(found: &AuthRecord, facts: Value) -> NewKeyEvent {
    NewKeyEvent {
        account_id: found.key.account_id.clone(),
        api_key_id: found.key.id.clone(),
        kind: KeyEventKind::LeakReported,
        action: None,
        facts,
        unless_since_ms: None,
        unless_facts: None,
    }
}

/// The facts of an event: never the secret, also where the place that it was found at has it.
fn facts(leak: Leak<'_>, outcome: &str, token_id: Option<&str>) -> Value {
    let shortened = |text: &str| -> String {
        let text = text.replace(leak.secret, "[the key]");
        text.chars().take(PLACE_CHARS_MAX).collect()
    };
    json!({
        "source": shortened(leak.source),
        "url": leak.url.map(shortened),
        "outcome": outcome,
        "token_id": token_id,
    })
}
