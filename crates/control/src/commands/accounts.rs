//! Renaming accounts, moving them between tiers, suspending them.

use serde_json::{Map, Value, json};
use store::accounts::{self, Account, AccountStatus};
use store::audit_log::Subject;
use store::budgets::Budget;
use store::limit_override::LimitOverride;
use store::{AccountId, Tx};

use super::budgets::checked_budgets;
use super::{CommandError, Commands, Note, checked_name};
use gateway::invisible::first_invisible;

const EMAIL_BYTES_MAX: usize = 254;
const NOTES_CHARS_MAX: usize = 4_000;
const ROTATION_DAYS_MAX: i64 = 3_650;
/// The greatest limit: it fits every column and counter with room to multiply.
pub const LIMIT_MAX: u64 = 1_000_000_000_000;

/// An edit of an account; `None` leaves a value.
#[derive(Debug, Clone, Default)]
pub struct AccountEdit {
    pub name: Option<String>,
    pub tier_id: Option<String>,
    pub status: Option<AccountStatus>,
    pub notes: Option<String>,
    /// `Some(None)`: no reminders.
    pub key_rotation_days: Option<Option<i64>>,
    /// All of them: what is left out in it is the tier's.
    pub limits: Option<LimitOverride>,
    /// All that it gives itself.
    pub budgets: Option<Vec<Budget>>,
    /// All that an operator gives it; `Some(None)`: those of its tier.
    pub operator_budgets: Option<Option<Vec<Budget>>>,
}

impl Commands<'_> {
    /// Makes an account.
    ///
    /// # Errors
    /// If the tier does not exist, or a value cannot be taken.
    pub async fn create_account(
        &self,
        email: &str,
        name: &str,
        tier_id: &str,
    ) -> Result<Account, CommandError> {
        let account = Account {
            id: AccountId::generate(),
            email: checked_email("email", email)?,
            name: match name {
                "" => String::new(),
                name => checked_name("name", name)?,
            },
            tier_id: self.checked_tier("tier", tier_id).await?,
            status: AccountStatus::Active,
            notes: String::new(),
            key_rotation_days: Some(accounts::KEY_ROTATION_DAYS),
            budgets: vec![],
            operator_budgets: None,
            limits: LimitOverride::default(),
            created_at_ms: self.clock.now_ms(),
        };
        let mut tx = self.db.begin().await?;
        accounts::insert(&mut tx, &account).await?;
        self.note(&mut tx, created_note(&account)).await?;
        self.commit(tx).await?;
        Ok(account)
    }

    /// Changes an account. Its keys work accordingly in every server when this returns.
    ///
    /// # Errors
    /// If there is no such account or tier, or a value cannot be taken.
    pub async fn edit_account(
        &self,
        id: &AccountId,
        edit: AccountEdit,
    ) -> Result<Account, CommandError> {
        let mut tx = self.begin_edit().await?;
        let before = accounts::get_account(self.db, id).await?;
        let mut account = before.clone();
        if let Some(name) = &edit.name {
            account.name = checked_name("name", name)?;
        }
        if let Some(tier_id) = &edit.tier_id {
            account.tier_id = self.checked_tier("tier", tier_id).await?;
        }
        if let Some(status) = edit.status {
            account.status = status;
        }
        if let Some(notes) = edit.notes {
            if notes.chars().count() > NOTES_CHARS_MAX {
                let message = format!("Notes have at most {NOTES_CHARS_MAX} characters.");
                return Err(CommandError::invalid("notes", message));
            }
            account.notes = notes;
        }
        if let Some(days) = edit.key_rotation_days {
            if days.is_some_and(|days| !(1..=ROTATION_DAYS_MAX).contains(&days)) {
                let message = format!(
                    "Secrets can be due after 1 to {ROTATION_DAYS_MAX} days, or never (null)."
                );
                return Err(CommandError::invalid("key_rotation_days", message));
            }
            account.key_rotation_days = days;
        }
        if let Some(limits) = edit.limits {
            check_limits(&limits)?;
            account.limits = limits;
        }
        let now_ms = self.clock.now_ms();
        if let Some(budgets) = edit.budgets {
            account.budgets = checked_budgets("budgets", budgets, now_ms)?;
        }
        if let Some(budgets) = edit.operator_budgets {
            let checked = budgets.map(|budgets| checked_budgets("budgets", budgets, now_ms));
            account.operator_budgets = checked.transpose()?;
        }
        if account == before {
            return Ok(account);
        }
        let seq = accounts::update(&mut tx, &account, now_ms).await?;
        let (was, is) = difference(&before, &account);
        self.note(
            &mut tx,
            note_of(&account, action(&before, &account), Some(was), Some(is)),
        )
        .await?;
        self.commit_and_propagate(tx, seq).await?;
        Ok(account)
    }

    /// Checks that the account is not suspended, until the end of the transaction. What spends or hands out rights
    /// asks for it; what takes rights away does not.
    pub(super) async fn require_active(
        &self,
        tx: &mut Tx,
        id: &AccountId,
    ) -> Result<(), CommandError> {
        match accounts::lock_status(tx, id).await? {
            AccountStatus::Active => Ok(()),
            AccountStatus::Suspended => Err(CommandError::AccountSuspended),
        }
    }
}

/// An e-mail address in lower case.
///
/// # Errors
/// [`CommandError::Invalid`] if it cannot be one.
pub(crate) fn checked_email(field: &'static str, text: &str) -> Result<String, CommandError> {
    let email = text.trim().to_lowercase();
    let parts = email
        .split_once('@')
        .filter(|(name, host)| is_mailbox(name) && is_host(host))
        .filter(|_| email.len() <= EMAIL_BYTES_MAX)
        .filter(|_| first_invisible(&email).is_none());
    let message = match parts {
        Some((name, _)) if name.is_ascii() => return Ok(email),
        // Most mail servers do not take it (it needs SMTPUTF8, RFC 6531); a domain has a form in ASCII.
        Some(_) => format!(
            "The part of {text:?} before the @ has letters that most mail servers do not take: use an address with a to z, digits and marks there."
        ),
        None => format!("{text:?} is not an e-mail address."),
    };
    Err(CommandError::invalid(field, message))
}

/// Letters of any script, and the marks that need no quotes (RFC 5322, `dot-atom`).
fn is_mailbox(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|letter| letter.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(letter))
    };
    name.split('.').all(is_part)
}

fn is_host(host: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    host.split('.').all(is_part) && (host.is_ascii() || idna::domain_to_ascii(host).is_ok())
}

fn action(before: &Account, after: &Account) -> &'static str {
    match (before.status, after.status) {
        (AccountStatus::Active, AccountStatus::Suspended) => "account.suspended",
        (AccountStatus::Suspended, AccountStatus::Active) => "account.resumed",
        _ => "account.changed",
    }
}

fn check_limits(limits: &LimitOverride) -> Result<(), CommandError> {
    for (field, limit) in [
        ("requests_per_minute", limits.requests_per_minute),
        ("tokens_per_minute", limits.tokens_per_minute),
        ("requests_per_day", limits.requests_per_day),
        ("concurrent_requests", limits.concurrent_requests),
    ] {
        if limit.flatten().is_some_and(|limit| limit > LIMIT_MAX) {
            let message = format!("{field} is 0 to {LIMIT_MAX}, or null for unlimited.");
            return Err(CommandError::invalid("limits", message));
        }
    }
    Ok(())
}

fn difference(before: &Account, after: &Account) -> (Value, Value) {
    let fields = |account: &Account| -> [(&str, Value); 8] {
        let days = account.key_rotation_days;
        let days = days.map_or("never".to_owned(), |days| days.to_string());
        [
            ("name", account.name.clone().into()),
            ("tier", account.tier_id.clone().into()),
            ("status", account.status.as_str().into()),
            ("notes", account.notes.clone().into()),
            ("key_rotation_days", days.into()),
            ("limits", json!(account.limits)),
            ("budgets", json!(account.budgets)),
            ("operator_budgets", json!(account.operator_budgets)),
        ]
    };
    let (mut was, mut is) = (Map::new(), Map::new());
    for ((name, old), (_, new)) in fields(before).into_iter().zip(fields(after)) {
        if old != new {
            was.insert(name.to_owned(), old);
            is.insert(name.to_owned(), new);
        }
    }
    (was.into(), is.into())
}

/// The entry about an account that was just made.
pub(super) fn created_note(account: &Account) -> Note<'_> {
    let after = json!({ "tier": account.tier_id });
    note_of(account, "account.created", None, Some(after))
}

fn note_of<'a>(
    account: &'a Account,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Note<'a> {
    Note {
        account_id: Some(&account.id),
        action,
        subject: Subject {
            kind: "account",
            id: account.id.to_string(),
            label: account.email.clone(),
        },
        before,
        after,
    }
}
