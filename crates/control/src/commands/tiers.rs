//! Making and editing tiers.

use serde_json::{Value, json};
use store::audit_log::Subject;
use store::tiers::{self, CreditsMode, Tier};

use super::budgets::checked_budgets;
use super::{CommandError, Commands, Note, checked_name};

const ID_CHARS_MAX: usize = 40;
const FACTOR_MAX: u64 = 10_000;

impl Commands<'_> {
    /// The id of a tier that exists.
    pub(super) async fn checked_tier(
        &self,
        field: &'static str,
        id: &str,
    ) -> Result<String, CommandError> {
        let known = tiers::list_tiers(self.db).await?.rows;
        if known.iter().any(|tier| tier.id == id) {
            return Ok(id.to_owned());
        }
        let names: Vec<&str> = known.iter().map(|tier| tier.id.as_str()).collect();
        let message = format!("There is no tier {id:?}; there are {}.", names.join(", "));
        Err(CommandError::invalid(field, message))
    }

    fn check_tier(&self, tier: &mut Tier) -> Result<(), CommandError> {
        check(tier)?;
        let budgets = std::mem::take(&mut tier.budgets);
        tier.budgets = checked_budgets("budgets", budgets, self.clock.now_ms())?;
        Ok(())
    }

    /// Adds a tier.
    ///
    /// # Errors
    /// If there is one of that id, or a value cannot be taken.
    pub(crate) async fn create_tier(&self, tier: &mut Tier) -> Result<(), CommandError> {
        self.check_tier(tier)?;
        let mut tx = self.db.begin().await?;
        let seq = tiers::insert(&mut tx, tier, self.clock.now_ms()).await?;
        self.note(
            &mut tx,
            note_of(tier, "tier.created", None, Some(described(tier))),
        )
        .await?;
        self.commit_and_propagate(tx, seq).await
    }

    /// Changes a tier. Its limits hold in every server when this returns.
    ///
    /// # Errors
    /// If there is no such tier, or a value cannot be taken.
    pub(crate) async fn edit_tier(&self, tier: &mut Tier) -> Result<(), CommandError> {
        self.check_tier(tier)?;
        let mut tx = self.begin_edit().await?;
        let before = tiers::get_tier(self.db, &tier.id).await?;
        let seq = tiers::update(&mut tx, tier, self.clock.now_ms()).await?;
        let (was, is) = (Some(described(&before)), Some(described(tier)));
        self.note(&mut tx, note_of(tier, "tier.changed", was, is))
            .await?;
        self.commit_and_propagate(tx, seq).await
    }

    /// Removes a tier that no account has and no model asks for.
    ///
    /// # Errors
    /// If there is no such tier, or it is in use.
    pub(crate) async fn delete_tier(&self, id: &str) -> Result<(), CommandError> {
        let mut tx = self.begin_edit().await?;
        let before = tiers::get_tier(self.db, id).await?;
        let seq = match tiers::delete(&mut tx, id, self.clock.now_ms()).await {
            Err(store::StoreError::Conflict { .. }) => {
                let message = "Accounts have this tier, or models ask for it. Move them first.";
                return Err(CommandError::conflict("tier_in_use", message));
            }
            deleted => deleted?,
        };
        self.note(
            &mut tx,
            note_of(&before, "tier.deleted", Some(described(&before)), None),
        )
        .await?;
        self.commit_and_propagate(tx, seq).await
    }
}

fn check(tier: &Tier) -> Result<(), CommandError> {
    checked_name("display_name", &tier.display_name)?;
    let is_id = !tier.id.is_empty()
        && tier.id.len() <= ID_CHARS_MAX
        && tier
            .id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_id {
        let message = format!("An id has 1 to {ID_CHARS_MAX} small letters, digits and hyphens.");
        return Err(CommandError::invalid("id", message));
    }
    if !(1..=4).contains(&tier.priority) {
        let message = "The priority is 1 (low) to 4 (critical).";
        return Err(CommandError::invalid("priority", message));
    }
    if !(0..=1_000_000).contains(&tier.rank) {
        return Err(CommandError::invalid("rank", "The rank is 0 to 1,000,000."));
    }
    if !(1..=1_000_000).contains(&tier.account_multiplier) {
        let message = "The account's ceiling is 1 to 1,000,000 times the limits of a key.";
        return Err(CommandError::invalid("account_multiplier", message));
    }
    if tier.price_factor_percent > FACTOR_MAX {
        let message = format!("The price factor is 0 to {FACTOR_MAX} percent.");
        return Err(CommandError::invalid("price_factor_percent", message));
    }
    for (field, limit) in [
        ("requests_per_minute", tier.requests_per_minute),
        ("tokens_per_minute", tier.tokens_per_minute),
        ("requests_per_day", tier.requests_per_day),
        ("concurrent_requests", tier.concurrent_requests),
        ("keys_max", tier.keys_max),
    ] {
        if limit.is_some_and(|limit| limit > u64::from(u32::MAX) * 1_000) {
            let message = "The limit is too large; leave it out for unlimited.";
            return Err(CommandError::invalid(field, message));
        }
    }
    Ok(())
}

fn described(tier: &Tier) -> Value {
    json!({
        "display_name": tier.display_name,
        "rank": tier.rank,
        "priority": tier.priority,
        "requests_per_minute": tier.requests_per_minute,
        "tokens_per_minute": tier.tokens_per_minute,
        "requests_per_day": tier.requests_per_day,
        "concurrent_requests": tier.concurrent_requests,
        "account_multiplier": tier.account_multiplier,
        "keys_max": tier.keys_max,
        "price_factor_percent": tier.price_factor_percent,
        "credits": tier.credits.map(CreditsMode::as_str),
        "budgets": tier.budgets,
    })
}

fn note_of(
    tier: &Tier,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Note<'static> {
    Note {
        account_id: None,
        action,
        subject: Subject {
            kind: "tier",
            id: tier.id.clone(),
            label: tier.display_name.clone(),
        },
        before,
        after,
    }
}
