//! Making and revoking management keys.

use serde_json::json;
use store::audit_log::Subject;
use store::management_keys::{self, ManagementKey};
use store::secret::{PlainKey, SecretKind};
use store::{AccountId, ManagementKeyId, UserId};

use super::{CommandError, Commands, Note, checked_name};

const LIFETIME_MS_MAX: i64 = 10 * 366 * 86_400_000;

/// A management key to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewManagementKey {
    /// `None`: for operators.
    pub account_id: Option<AccountId>,
    pub name: String,
    pub scopes: Vec<String>,
    pub created_by: UserId,
    pub expires_at_ms: Option<i64>,
}

impl Commands<'_> {
    /// Makes a management key; `areas` are those that it may be let into.
    ///
    /// # Errors
    /// If a scope is unknown, or another value cannot be taken.
    pub(crate) async fn create_management_key(
        &self,
        new: NewManagementKey,
        areas: &[&str],
    ) -> Result<(ManagementKey, PlainKey), CommandError> {
        let now_ms = self.clock.now_ms();
        let name = checked_name("name", &new.name)?;
        check_scopes(&new.scopes, areas)?;
        let is_sound = |end_ms: i64| end_ms > now_ms && end_ms <= now_ms + LIFETIME_MS_MAX;
        if !new.expires_at_ms.is_none_or(is_sound) {
            let message = "A key expires in the future, within ten years.";
            return Err(CommandError::invalid("expires_at", message));
        }
        let secret = PlainKey::generate_for(SecretKind::ManagementKey)?;
        let key = ManagementKey {
            id: ManagementKeyId::generate(),
            account_id: new.account_id,
            name,
            hint: secret.hint(),
            scopes: new.scopes,
            created_by: new.created_by,
            created_at_ms: now_ms,
            expires_at_ms: new.expires_at_ms,
            revoked_at_ms: None,
            last_used_at_ms: None,
        };
        let digest = self.master.pepper().digest(secret.reveal());
        let mut tx = self.db.begin().await?;
        if let Some(account_id) = &key.account_id {
            self.require_active(&mut tx, account_id).await?;
        }
        management_keys::insert(&mut tx, &key, digest).await?;
        self.note(&mut tx, note_of(&key, "management_key.created"))
            .await?;
        self.commit(tx).await?;
        Ok((key, secret))
    }

    /// Revokes a management key of an account (`None`: of the operators) for good.
    ///
    /// # Errors
    /// If they have no such key.
    pub(crate) async fn revoke_management_key(
        &self,
        account_id: Option<&AccountId>,
        id: &ManagementKeyId,
    ) -> Result<ManagementKey, CommandError> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.db.begin().await?;
        let key = management_keys::revoke(&mut tx, account_id, id, now_ms).await?;
        self.note(&mut tx, note_of(&key, "management_key.revoked"))
            .await?;
        self.commit(tx).await?;
        Ok(key)
    }
}

fn check_scopes(scopes: &[String], areas: &[&str]) -> Result<(), CommandError> {
    let is_known = |scope: &String| {
        scope
            .split_once(':')
            .is_some_and(|(area, verb)| areas.contains(&area) && ["read", "write"].contains(&verb))
    };
    match scopes.iter().find(|scope| !is_known(scope)) {
        None if !scopes.is_empty() && scopes.len() <= 2 * areas.len() => Ok(()),
        None => Err(CommandError::invalid(
            "scopes",
            "Choose at least one scope.",
        )),
        Some(unknown) => {
            let areas = areas.join(", ");
            let message = format!(
                "There is no scope {unknown:?}; one is AREA:read or AREA:write of {areas}."
            );
            Err(CommandError::invalid("scopes", message))
        }
    }
}

fn note_of<'a>(key: &'a ManagementKey, action: &'static str) -> Note<'a> {
    Note {
        account_id: key.account_id.as_ref(),
        action,
        subject: Subject {
            kind: "management_key",
            id: key.id.to_string(),
            label: key.name.clone(),
        },
        before: None,
        after: Some(json!({ "scopes": key.scopes, "expires_at_ms": key.expires_at_ms })),
    }
}
