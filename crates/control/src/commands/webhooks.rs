//! Webhooks of an account.

use serde_json::{Value, json};
use store::audit_log::Subject;
use store::webhooks::{self, Webhook};
use store::{AccountId, WebhookId};
use zeroize::Zeroizing;

use super::{CommandError, Commands, Note};
use crate::webhooks::new_secret;
use gateway::egress_client::EgressClient;

/// Webhooks of an account.
pub(crate) const WEBHOOKS_MAX: u32 = 20;

/// An edit of a webhook; `None` leaves a value.
#[derive(Debug, Clone, Default)]
pub(crate) struct WebhookEdit {
    pub url: Option<String>,
    pub is_enabled: Option<bool>,
}

impl Commands<'_> {
    /// Adds a webhook; its secret is returned this once.
    ///
    /// # Errors
    /// If the address cannot be taken, or the account has as many as it may.
    pub(crate) async fn create_webhook(
        &self,
        account_id: &AccountId,
        url: &str,
        client: &EgressClient,
    ) -> Result<(Webhook, Zeroizing<String>), CommandError> {
        let webhook = Webhook {
            id: WebhookId::generate(),
            account_id: account_id.clone(),
            url: checked_url(url, client)?,
            created_at_ms: self.clock.now_ms(),
            disabled_at_ms: None,
            failing_since_ms: None,
            last: None,
        };
        let secret = new_secret()?;
        let place = webhooks::place_of_secret(&webhook.id);
        let sealed = self.master.seal(&place, &secret)?;
        let mut tx = self.db.begin().await?;
        self.require_active(&mut tx, account_id).await?;
        if webhooks::count_within(&mut tx, account_id).await? >= WEBHOOKS_MAX.into() {
            let message = format!("An account has at most {WEBHOOKS_MAX} webhooks. Remove one.");
            return Err(CommandError::conflict("too_many_webhooks", message));
        }
        webhooks::insert(&mut tx, &webhook, sealed).await?;
        let after = Some(described(&webhook));
        self.note(&mut tx, note_of(&webhook, "webhook.created", None, after))
            .await?;
        self.commit(tx).await?;
        Ok((webhook, secret))
    }

    /// Changes the address of a webhook, or whether anything is sent to it.
    ///
    /// # Errors
    /// If the account has no such webhook, or the address cannot be taken.
    pub(crate) async fn edit_webhook(
        &self,
        account_id: &AccountId,
        id: &WebhookId,
        edit: WebhookEdit,
        client: &EgressClient,
    ) -> Result<Webhook, CommandError> {
        let mut tx = self.begin_edit().await?;
        let (before, _) = webhooks::get(self.db, account_id, id).await?;
        let mut webhook = before.clone();
        if let Some(url) = edit.url {
            webhook.url = checked_url(&url, client)?;
        }
        match edit.is_enabled {
            Some(true) => webhook.disabled_at_ms = None,
            Some(false) => {
                webhook.disabled_at_ms = before.disabled_at_ms.or(Some(self.clock.now_ms()));
            }
            None => {}
        }
        if webhook.url != before.url || before.disabled_at_ms > webhook.disabled_at_ms {
            self.require_active(&mut tx, account_id).await?;
        }
        webhooks::update(&mut tx, &webhook).await?;
        let (was, is) = (Some(described(&before)), Some(described(&webhook)));
        self.note(&mut tx, note_of(&webhook, "webhook.changed", was, is))
            .await?;
        self.commit(tx).await?;
        let (webhook, _) = webhooks::get(self.db, account_id, id).await?;
        Ok(webhook)
    }

    /// Removes a webhook with what waits for it.
    ///
    /// # Errors
    /// If the account has no such webhook.
    pub(crate) async fn delete_webhook(
        &self,
        account_id: &AccountId,
        id: &WebhookId,
    ) -> Result<(), CommandError> {
        let (webhook, _) = webhooks::get(self.db, account_id, id).await?;
        let mut tx = self.db.begin().await?;
        webhooks::delete(&mut tx, account_id, id).await?;
        let before = Some(described(&webhook));
        self.note(&mut tx, note_of(&webhook, "webhook.deleted", before, None))
            .await?;
        self.commit(tx).await
    }
}

fn checked_url(url: &str, client: &EgressClient) -> Result<String, CommandError> {
    match client.target(url.trim()) {
        Ok(target) => Ok(target.as_str().to_owned()),
        Err(error) => Err(CommandError::invalid("url", error.to_string())),
    }
}

fn note_of<'a>(
    webhook: &'a Webhook,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Note<'a> {
    Note {
        account_id: Some(&webhook.account_id),
        action,
        subject: Subject {
            kind: "webhook",
            id: webhook.id.to_string(),
            label: host_of(&webhook.url),
        },
        before,
        after,
    }
}

/// Paths of webhooks often hold a secret of the other side's; the audit log has the host alone.
fn host_of(url: &str) -> String {
    let rest = url.split("://").nth(1).unwrap_or_default();
    rest.split(['/', '?']).next().unwrap_or_default().to_owned()
}

fn described(webhook: &Webhook) -> Value {
    json!({
        "host": host_of(&webhook.url),
        "is_enabled": webhook.disabled_at_ms.is_none(),
    })
}
