//! Making, narrowing, replacing and revoking API keys.

use std::net::IpAddr;

use ipnet::IpNet;
use llm::{Operation, Operations};
use serde_json::{Value, json};
use store::api_keys::{self, AnomalyAction, ApiKey, Environment, Grace, Restrictions};
use store::audit_log::Subject;
use store::budgets::Budget;
use store::key_limits::KeyLimits;
use store::secret::PlainKey;
use store::{AccountId, ApiKeyId, accounts, auth_log, tiers};

use super::budgets::checked_budgets;
use super::names::check_visible;
use super::{CommandError, Commands, Note, checked_name};

const DAY_MS: i64 = 86_400_000;
/// A key that expires within this is called expiring.
const EXPIRING_MS: i64 = 7 * DAY_MS;
const GRACE_MS_MAX: i64 = 30 * DAY_MS;
const LIFETIME_MS_MAX: i64 = 10 * 366 * DAY_MS;
/// Entries of one list of restrictions, and bytes of one entry.
const RESTRICTIONS_MAX: usize = 100;
const RESTRICTION_BYTES_MAX: usize = 200;

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    pub account_id: AccountId,
    pub name: String,
    pub environment: Environment,
    pub restrictions: Restrictions,
    pub expires_at_ms: Option<i64>,
    pub anomaly_action: AnomalyAction,
    pub shows_cost: bool,
    pub caches_prompts: bool,
    pub budgets: Vec<Budget>,
    /// Below those of the account.
    pub own_limits: KeyLimits,
}

/// An edit of a key; `None` leaves a value.
#[derive(Debug, Clone, Default)]
pub(crate) struct ApiKeyEdit {
    pub name: Option<String>,
    pub restrictions: Option<Restrictions>,
    pub expires_at_ms: Option<Option<i64>>,
    pub anomaly_action: Option<AnomalyAction>,
    pub shows_cost: Option<bool>,
    pub caches_prompts: Option<bool>,
    /// All of them.
    pub budgets: Option<Vec<Budget>>,
    /// All of them.
    pub own_limits: Option<KeyLimits>,
}

/// `active`, `expiring`, `expired` or `revoked`.
pub fn api_key_status(key: &ApiKey, now_ms: i64) -> &'static str {
    match (key.revoked_at_ms, key.expires_at_ms) {
        (Some(_), _) => "revoked",
        (None, Some(end_ms)) if end_ms <= now_ms => "expired",
        (None, Some(end_ms)) if end_ms <= now_ms + EXPIRING_MS => "expiring",
        (None, _) => "active",
    }
}

impl Commands<'_> {
    /// Makes a key. It works in every server when this returns.
    ///
    /// # Errors
    /// If the account does not exist or has as many keys as its tier allows, or a value cannot be taken.
    pub async fn create_api_key(&self, new: NewApiKey) -> Result<(ApiKey, PlainKey), CommandError> {
        let now_ms = self.clock.now_ms();
        let name = checked_name("name", &new.name)?;
        let restrictions = checked_restrictions(new.restrictions, self.sources.operations)?;
        check_expiry(new.expires_at_ms, now_ms)?;
        let account = accounts::get_account(self.db, &new.account_id).await?;
        let tiers = tiers::list_tiers(self.db).await?.rows;
        let tier = tiers.iter().find(|tier| tier.id == account.tier_id);
        let own_limits = self
            .checked_key_limits(&account, new.own_limits, KeyLimits::default())
            .await?;
        let keys_max = tier.and_then(|tier| tier.keys_max);
        let secret = PlainKey::generate()?;
        let digest = self.master.pepper().digest(secret.reveal());
        let key = ApiKey {
            id: ApiKeyId::generate(),
            account_id: new.account_id,
            name,
            environment: new.environment,
            hint: secret.hint(),
            restrictions,
            created_by: self.actor.label.clone(),
            created_at_ms: now_ms,
            expires_at_ms: new.expires_at_ms,
            revoked_at_ms: None,
            last_use: None,
            anomaly_action: new.anomaly_action,
            shows_cost: new.shows_cost,
            caches_prompts: new.caches_prompts,
            budgets: checked_budgets("budgets", new.budgets, now_ms)?,
            own_limits,
            quarantine: None,
        };
        let mut tx = self.db.begin().await?;
        let active = api_keys::count_active(&mut tx, &key.account_id, now_ms).await?;
        self.require_active(&mut tx, &key.account_id).await?;
        if keys_max.is_some_and(|max| active >= max) {
            let message = format!(
                "The account has {active} keys, as many as the {} tier allows. Revoke one, or raise the tier.",
                account.tier_id
            );
            return Err(CommandError::conflict("too_many_keys", message));
        }
        let seq = api_keys::insert(&mut tx, &key, &secret, digest).await?;
        let after = Some(described(&key));
        self.note(&mut tx, note_of(&key, "api_key.created", None, after))
            .await?;
        self.commit_and_propagate(tx, seq).await?;
        Ok((key, secret))
    }

    /// Changes what a key is called, what it is narrowed to, when it expires, what it may spend, how often it may be used and what happens
    /// on an anomaly.
    ///
    /// # Errors
    /// If the account has no such key, it is revoked, or a value cannot be taken.
    pub(crate) async fn edit_api_key(
        &self,
        account_id: &AccountId,
        id: &ApiKeyId,
        edit: ApiKeyEdit,
    ) -> Result<ApiKey, CommandError> {
        let now_ms = self.clock.now_ms();
        let mut tx = self.begin_edit().await?;
        let before = api_keys::get_api_key(self.db, account_id, id).await?;
        if before.revoked_at_ms.is_some() {
            let message = "The key is revoked for good. Create a new one.";
            return Err(CommandError::conflict("key_revoked", message));
        }
        let mut key = before.clone();
        if let Some(name) = edit.name {
            key.name = checked_name("name", &name)?;
        }
        if let Some(restrictions) = edit.restrictions {
            key.restrictions = checked_restrictions(restrictions, self.sources.operations)?;
        }
        if let Some(expires_at_ms) = edit.expires_at_ms {
            check_expiry(expires_at_ms, now_ms)?;
            key.expires_at_ms = expires_at_ms;
        }
        key.anomaly_action = edit.anomaly_action.unwrap_or(key.anomaly_action);
        key.shows_cost = edit.shows_cost.unwrap_or(key.shows_cost);
        key.caches_prompts = edit.caches_prompts.unwrap_or(key.caches_prompts);
        if let Some(budgets) = edit.budgets {
            key.budgets = checked_budgets("budgets", budgets, now_ms)?;
        }
        if let Some(limits) = edit.own_limits {
            let account = accounts::get_account(self.db, account_id).await?;
            key.own_limits = self
                .checked_key_limits(&account, limits, before.own_limits)
                .await?;
        }
        let seq = api_keys::update(&mut tx, &key, now_ms).await?;
        let (was, is) = (Some(described(&before)), Some(described(&key)));
        self.note(&mut tx, note_of(&key, "api_key.changed", was, is))
            .await?;
        self.commit_and_propagate(tx, seq).await?;
        Ok(key)
    }

    /// Revokes a key for good. No server accepts it any more when this returns.
    ///
    /// # Errors
    /// If the account has no such key.
    pub async fn revoke_api_key(
        &self,
        account_id: &AccountId,
        id: &ApiKeyId,
    ) -> Result<ApiKey, CommandError> {
        let before = api_keys::get_api_key(self.db, account_id, id).await?;
        let mut tx = self.db.begin().await?;
        let seq = api_keys::revoke(&mut tx, account_id, id, self.clock.now_ms()).await?;
        if before.revoked_at_ms.is_none() {
            self.note(&mut tx, note_of(&before, "api_key.revoked", None, None))
                .await?;
        }
        self.commit_and_propagate(tx, seq).await?;
        Ok(api_keys::get_api_key(self.db, account_id, id).await?)
    }

    /// Gives a key a new secret; the old ones work for `grace_ms` more.
    ///
    /// # Errors
    /// If the account has no such key, or it is revoked.
    pub async fn regenerate_api_key(
        &self,
        account_id: &AccountId,
        id: &ApiKeyId,
        grace_ms: i64,
    ) -> Result<(ApiKey, PlainKey), CommandError> {
        if !(0..=GRACE_MS_MAX).contains(&grace_ms) {
            let message = "The old secret can work on for 0 seconds to 30 days.";
            return Err(CommandError::invalid("grace_seconds", message));
        }
        let now_ms = self.clock.now_ms();
        let grace = Grace {
            now_ms,
            old_ends_at_ms: now_ms + grace_ms,
        };
        let before = api_keys::get_api_key(self.db, account_id, id).await?;
        let secret = PlainKey::generate()?;
        let digest = self.master.pepper().digest(secret.reveal());
        let mut tx = self.db.begin().await?;
        auth_log::lock(&mut tx).await?;
        self.require_active(&mut tx, account_id).await?;
        let seq = api_keys::regenerate(&mut tx, account_id, id, (&secret, digest), grace).await?;
        let was = Some(json!({ "hint": before.hint }));
        let is = Some(json!({ "hint": secret.hint(), "grace_seconds": grace_ms / 1_000 }));
        self.note(&mut tx, note_of(&before, "api_key.regenerated", was, is))
            .await?;
        self.commit_and_propagate(tx, seq).await?;
        let key = api_keys::get_api_key(self.db, account_id, id).await?;
        Ok((key, secret))
    }

    /// Ends the old secrets of a key that still work.
    ///
    /// # Errors
    /// If the account has no such key.
    pub async fn end_api_key_grace(
        &self,
        account_id: &AccountId,
        id: &ApiKeyId,
    ) -> Result<ApiKey, CommandError> {
        let key = api_keys::get_api_key(self.db, account_id, id).await?;
        let mut tx = self.db.begin().await?;
        let seq = api_keys::end_grace(&mut tx, id, self.clock.now_ms()).await?;
        self.note(&mut tx, note_of(&key, "api_key.grace_ended", None, None))
            .await?;
        self.commit_and_propagate(tx, seq).await?;
        Ok(key)
    }
}

pub(super) fn checked_restrictions(
    restrictions: Restrictions,
    operations: Operations,
) -> Result<Restrictions, CommandError> {
    let Restrictions {
        models,
        endpoints,
        networks,
    } = restrictions;
    for (field, list) in [
        ("restrictions.models", &models),
        ("restrictions.endpoints", &endpoints),
        ("restrictions.networks", &networks),
    ] {
        check_list(field, list.as_deref().unwrap_or_default())?;
        for entry in list.iter().flatten() {
            check_visible(field, entry)?;
        }
    }
    for endpoint in endpoints.iter().flatten() {
        if Operation::find(operations, endpoint).is_none() {
            let known: Vec<&str> = Operation::names(operations).collect();
            let known = known.join(", ");
            let message = format!("There is no endpoint {endpoint:?}; there are {known}.");
            return Err(CommandError::invalid("restrictions.endpoints", message));
        }
    }
    for network in networks.iter().flatten() {
        if network.parse::<IpNet>().is_err() && network.parse::<IpAddr>().is_err() {
            let message =
                format!("{network:?} is neither an address nor a range such as 10.0.0.0/8.");
            return Err(CommandError::invalid("restrictions.networks", message));
        }
    }
    Ok(Restrictions {
        models,
        endpoints,
        networks,
    })
}

fn check_list(field: &'static str, list: &[String]) -> Result<(), CommandError> {
    if list.len() > RESTRICTIONS_MAX {
        let message = format!("A list has at most {RESTRICTIONS_MAX} entries.");
        return Err(CommandError::invalid(field, message));
    }
    let is_sound = |entry: &String| {
        !entry.is_empty()
            && entry.len() <= RESTRICTION_BYTES_MAX
            && !entry.chars().any(char::is_control)
    };
    if list.iter().all(is_sound) {
        return Ok(());
    }
    let message = format!("An entry has 1 to {RESTRICTION_BYTES_MAX} printable bytes.");
    Err(CommandError::invalid(field, message))
}

fn check_expiry(expires_at_ms: Option<i64>, now_ms: i64) -> Result<(), CommandError> {
    let is_sound = |end_ms: i64| end_ms > now_ms && end_ms <= now_ms + LIFETIME_MS_MAX;
    if expires_at_ms.is_none_or(is_sound) {
        return Ok(());
    }
    let message = "A key expires in the future, within ten years.";
    Err(CommandError::invalid("expires_at", message))
}

pub(super) fn note_of<'a>(
    key: &'a ApiKey,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Note<'a> {
    Note {
        account_id: Some(&key.account_id),
        action,
        subject: Subject {
            kind: "api_key",
            id: key.id.to_string(),
            label: key.name.clone(),
        },
        before,
        after,
    }
}

pub(super) fn described(key: &ApiKey) -> Value {
    json!({
        "name": key.name,
        "environment": key.environment.as_str(),
        "models": key.restrictions.models,
        "endpoints": key.restrictions.endpoints,
        "networks": key.restrictions.networks,
        "expires_at_ms": key.expires_at_ms,
        "anomaly_action": key.anomaly_action.as_str(),
        "shows_cost": key.shows_cost,
        "caches_prompts": key.caches_prompts,
        "budgets": key.budgets,
        "limits": key.own_limits,
    })
}
