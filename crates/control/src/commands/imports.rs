//! Taking accounts and keys over from another program. What was taken over once is noted, so that a second run takes only
//! what changed.

use serde_json::json;
use store::accounts::{self, Account, AccountStatus};
use store::api_keys::{self, AnomalyAction, ApiKey, Environment, Restrictions};
use store::audit_log::Subject;
use store::budgets::Budget;
use store::imports::{self, ImportKind, Imported};
use store::key_limits::KeyLimits;
use store::ledger::{self, EntryKind, NewEntry};
use store::limit_override::LimitOverride;
use store::secret::ImportedSecret;
use store::{AccountId, ApiKeyId, LedgerEntryId, StoreError, Tx};

use super::accounts::checked_email;
use super::api_keys::{checked_restrictions, described, note_of};
use super::budgets::checked_budgets;
use super::{CommandError, Commands, Note, checked_name};

/// An account of another program.
#[derive(Debug, Clone)]
pub struct ImportedAccount<'a> {
    /// The name of the program.
    pub source: &'a str,
    /// The id there.
    pub source_id: &'a str,
    pub email: &'a str,
    pub name: &'a str,
    pub tier_id: &'a str,
    pub is_suspended: bool,
    pub budgets: Vec<Budget>,
    pub limits: LimitOverride,
    /// In nano-dollars.
    pub balance_nanos: i64,
}

/// A key of another program, whose secret goes on working.
#[derive(Debug, Clone)]
pub struct ImportedApiKey<'a> {
    pub source: &'a str,
    pub source_id: &'a str,
    pub account_id: &'a AccountId,
    pub name: &'a str,
    pub secret: &'a ImportedSecret,
    pub hint: &'a str,
    pub restrictions: Restrictions,
    pub expires_at_ms: Option<i64>,
    pub budgets: Vec<Budget>,
    /// The limits of the key. Where one is above that of the account, the account's holds.
    pub limits: KeyLimits,
}

impl Commands<'_> {
    /// Makes an account, with the balance that it had.
    ///
    /// # Errors
    /// If there is no such tier, or a value cannot be taken.
    pub async fn import_account(
        &self,
        new: ImportedAccount<'_>,
    ) -> Result<AccountId, CommandError> {
        let now_ms = self.clock.now_ms();
        let account = Account {
            id: AccountId::generate(),
            email: checked_email("email", new.email)?,
            name: checked_name("name", new.name)?,
            tier_id: self.checked_tier("tier", new.tier_id).await?,
            status: match new.is_suspended {
                true => AccountStatus::Suspended,
                false => AccountStatus::Active,
            },
            notes: format!("Imported from {} ({}).", new.source, new.source_id),
            key_rotation_days: Some(accounts::KEY_ROTATION_DAYS),
            budgets: vec![],
            operator_budgets: match new.budgets {
                budgets if budgets.is_empty() => None,
                budgets => Some(checked_budgets("budgets", budgets, now_ms)?),
            },
            limits: new.limits,
            created_at_ms: now_ms,
        };
        let imported = Imported {
            source_id: new.source_id.to_owned(),
            target_id: account.id.to_string(),
            balance_nanos: 0,
        };
        let mut tx = self.begin_edit().await?;
        accounts::insert(&mut tx, &account).await?;
        self.move_balance(&mut tx, new.source, &imported, new.balance_nanos)
            .await?;
        let of = Some(&account.id);
        let subject = subject("account", account.id.as_str(), &account.email);
        let note = noted(of, "account.imported", subject, new.source);
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(account.id)
    }

    /// Moves the balance of an account that was imported before by as much as it changed in the program; returns the
    /// difference, in nano-dollars.
    ///
    /// # Errors
    /// If the balance cannot be moved: there is less than is taken.
    pub async fn import_balance(
        &self,
        source: &str,
        known: &Imported,
        balance_nanos: i64,
    ) -> Result<i64, CommandError> {
        let difference = balance_nanos - known.balance_nanos;
        if difference != 0 {
            let mut tx = self.begin_edit().await?;
            self.move_balance(&mut tx, source, known, balance_nanos)
                .await?;
            self.commit(tx).await?;
        }
        Ok(difference)
    }

    async fn move_balance(
        &self,
        tx: &mut Tx,
        source: &str,
        known: &Imported,
        balance_nanos: i64,
    ) -> Result<(), CommandError> {
        let now_ms = self.clock.now_ms();
        let difference = balance_nanos - known.balance_nanos;
        let entry = NewEntry {
            at_ms: now_ms,
            kind: match difference {
                ..=0 => EntryKind::Adjustment,
                _ => EntryKind::Grant,
            },
            account_id: known.target_id.as_str().into(),
            amount_nanos: difference,
            reference: LedgerEntryId::generate()
                .to_string()
                .replace("led_", "import_"),
            note: format!("Balance taken over from {source} ({}).", known.source_id),
        };
        match difference {
            0 => {}
            1.. => drop(ledger::post(tx, &entry).await?),
            // What was spent here meanwhile cannot be taken again.
            _ => match ledger::take_what_is_left(tx, entry).await {
                Ok(_) | Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            },
        }
        let noted = Imported {
            balance_nanos,
            ..known.clone()
        };
        imports::note(tx, (source, ImportKind::Account), &noted, now_ms).await?;
        Ok(())
    }

    /// Makes a key that is opened by the secret that it had. It works in every server once the catalogue was read anew. The
    /// number of keys that a tier allows is not asked: the key is there already.
    ///
    /// # Errors
    /// If there is no such account, another key has that secret, or a value cannot be taken.
    pub async fn import_api_key(&self, new: ImportedApiKey<'_>) -> Result<ApiKeyId, CommandError> {
        let now_ms = self.clock.now_ms();
        let key = ApiKey {
            id: ApiKeyId::generate(),
            account_id: new.account_id.clone(),
            name: checked_name("name", new.name)?,
            environment: Environment::Live,
            hint: new.hint.to_owned(),
            restrictions: checked_restrictions(new.restrictions, self.sources.operations)?,
            created_by: format!("import from {}", new.source),
            created_at_ms: now_ms,
            expires_at_ms: new.expires_at_ms,
            revoked_at_ms: None,
            last_use: None,
            anomaly_action: AnomalyAction::default(),
            shows_cost: true,
            caches_prompts: false,
            budgets: checked_budgets("budgets", new.budgets, now_ms)?,
            own_limits: new.limits,
            quarantine: None,
        };
        let digest = self.master.pepper().digest_of_imported(new.secret);
        let imported = Imported {
            source_id: new.source_id.to_owned(),
            target_id: key.id.to_string(),
            balance_nanos: 0,
        };
        let mut tx = self.db.begin().await?;
        let seq = api_keys::insert_imported(&mut tx, &key, digest).await?;
        imports::note(&mut tx, (new.source, ImportKind::Key), &imported, now_ms).await?;
        let after = Some(described(&key));
        self.note(&mut tx, note_of(&key, "api_key.imported", None, after))
            .await?;
        self.commit_and_propagate(tx, seq).await?;
        Ok(key.id)
    }
}

fn subject(kind: &'static str, id: &str, label: &str) -> Subject {
    Subject {
        kind,
        id: id.to_owned(),
        label: label.to_owned(),
    }
}

fn noted<'a>(
    account_id: Option<&'a AccountId>,
    action: &'static str,
    subject: Subject,
    source: &str,
) -> Note<'a> {
    Note {
        account_id,
        action,
        subject,
        before: None,
        after: Some(json!({ "source": source })),
    }
}
