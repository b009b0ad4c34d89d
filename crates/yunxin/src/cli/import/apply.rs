//! Writing a plan: what was not taken over yet, and what changed since.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Context, bail};
use control::commands::{ImportedAccount, ImportedApiKey};
use gateway::catalog::{Definitions, Origin, parse_file, to_rows};
use secrecy::SecretString;
use serde_json::{Value, json};
use store::imports::{self, ImportKind, Imported};
use store::key_limits::KeyLimits;
use store::limit_override::LimitOverride;
use store::{AccountId, catalog};

use super::Tiers;
use super::plan::{Plan, PlannedAccount, PlannedProvider};
use crate::cli::credits::dollars;
use crate::cli::output::Printer;
use crate::cli::session::CliSession;

/// The things that a run wrote.
#[derive(Debug, Default)]
pub(super) struct Written {
    accounts: u64,
    balances: u64,
    difference_nanos: i64,
    keys: u64,
    providers: u64,
    models: u64,
    /// Keys that could not be made, with the reasons.
    failed: Vec<Value>,
}

/// The things that were taken over before, by the id there.
pub(super) async fn known(
    session: &CliSession,
    source: &str,
    kind: ImportKind,
) -> anyhow::Result<HashMap<String, Imported>> {
    let known = imports::list(&session.db, source, kind).await?;
    let by_id = known.into_iter().map(|one| (one.source_id.clone(), one));
    Ok(by_id.collect())
}

/// Writes accounts, balances, keys and the catalogue.
///
/// # Errors
/// If the database cannot be written, or a value cannot be taken.
pub(super) async fn write(
    session: &CliSession,
    (source, tiers): (&str, &Tiers),
    plan: &Plan,
    output: Printer,
) -> anyhow::Result<Written> {
    let mut written = Written::default();
    let known_accounts = known(session, source, ImportKind::Account).await?;
    let mut ids: HashMap<&str, AccountId> = HashMap::new();
    for account in &plan.accounts {
        let id = match known_accounts.get(&account.id) {
            Some(known) => {
                let commands = session.commands();
                let moved = commands
                    .import_balance(source, known, account.balance_nanos)
                    .await?;
                written.balances += u64::from(moved != 0);
                written.difference_nanos += moved;
                known.target_id.as_str().into()
            }
            None => {
                written.accounts += 1;
                written.difference_nanos += account.balance_nanos;
                make_account(session, (source, tiers), account).await?
            }
        };
        ids.insert(&account.id, id);
    }
    let known_keys = known(session, source, ImportKind::Key).await?;
    let all = u64::try_from(plan.keys.len()).unwrap_or_default();
    for (number, key) in (1..).zip(&plan.keys) {
        output.progress("keys", number, all);
        let account_id = ids.get(key.account.as_str());
        let Some(account_id) = account_id.filter(|_| !known_keys.contains_key(&key.id)) else {
            continue;
        };
        let new = ImportedApiKey {
            source,
            source_id: &key.id,
            account_id,
            name: &key.name,
            secret: &key.secret,
            hint: &key.hint,
            restrictions: key.restrictions.clone(),
            expires_at_ms: key.expires_at_ms,
            budgets: key.budgets.clone(),
            limits: key.limits,
        };
        match session.commands().import_api_key(new).await {
            Ok(_) => written.keys += 1,
            Err(error) => {
                let reason = error.to_string();
                written
                    .failed
                    .push(json!({ "what": format!("key {}", key.name), "reason": reason }));
            }
        }
    }
    write_catalog(session, plan, &mut written).await?;
    Ok(written)
}

async fn make_account(
    session: &CliSession,
    (source, tiers): (&str, &Tiers),
    account: &PlannedAccount,
) -> anyhow::Result<AccountId> {
    let new = ImportedAccount {
        source,
        source_id: &account.id,
        email: &account.email,
        name: &account.name,
        tier_id: tiers.of(&account.group),
        is_suspended: account.is_suspended,
        budgets: account.budgets.clone(),
        limits: in_place(account.limits),
        balance_nanos: account.balance_nanos,
    };
    let made = session.commands().import_account(new).await;
    made.with_context(|| format!("the account {} ({})", account.name, account.id))
}

/// The limits of an account that stand in place of those of its tier; the others stay the tier's.
fn in_place(limits: KeyLimits) -> LimitOverride {
    LimitOverride {
        requests_per_minute: limits.requests_per_minute.map(Some),
        tokens_per_minute: limits.tokens_per_minute.map(Some),
        requests_per_day: limits.requests_per_day.map(Some),
        concurrent_requests: limits.concurrent_requests.map(Some),
    }
}

/// Adds the providers, models and deployments that are not there. Servers read the catalogue anew in any case: it says
/// that secrets of another program are taken.
async fn write_catalog(
    session: &CliSession,
    plan: &Plan,
    written: &mut Written,
) -> anyhow::Result<()> {
    let mut definitions = parse_file(&catalog_text(plan), Origin::Database)?;
    let pairs = definitions.providers.iter_mut().zip(&plan.providers);
    for (defined, planned) in pairs {
        let mut secrets = planned.secrets.iter().cloned().map(SecretString::from);
        defined.spec.credential.secret = secrets.next();
        for (credential, secret) in defined.spec.credentials.iter_mut().zip(secrets) {
            credential.secret = Some(secret);
        }
    }
    let known = session
        .sources
        .definitions(&session.db, &session.master)
        .await?;
    keep_new(&mut definitions, &known);
    let problems = session
        .sources
        .check(&session.db, &session.master, &definitions)
        .await?;
    if !problems.is_empty() {
        bail!(
            "accounts and keys are imported, but the catalogue would not be usable: {}",
            problems.join("; ")
        );
    }
    let rows = to_rows(&definitions, &session.master)?;
    let mut tx = session.db.begin().await?;
    let seq = catalog::upsert(&mut tx, &rows, session.clock.now_ms()).await?;
    tx.commit().await?;
    written.providers = u64::try_from(rows.providers.len()).unwrap_or_default();
    written.models = u64::try_from(rows.models.len()).unwrap_or_default();
    session.wait_until_applied(seq).await
}

/// Leaves out the definitions that operators have here already.
fn keep_new(definitions: &mut Definitions, known: &Definitions) {
    let is_new_provider = |name: &str| known.providers.iter().all(|one| one.id != name);
    let is_new_model = |id: &str| known.models.iter().all(|one| one.id != id);
    definitions
        .deployments
        .retain(|one| is_new_provider(&one.spec.provider));
    definitions.providers.retain(|one| is_new_provider(&one.id));
    definitions.models.retain(|one| is_new_model(&one.id));
}

/// The catalogue in the form of its file, without credentials.
fn catalog_text(plan: &Plan) -> String {
    let mut text = String::new();
    let quoted = |value: &str| toml::Value::from(value).to_string();
    for provider in &plan.providers {
        let _ = writeln!(
            text,
            "[[providers]]\nname = {}\nkind = {}",
            quoted(&provider.name),
            quoted(provider.kind)
        );
        if let Some(url) = &provider.base_url {
            let _ = writeln!(text, "base_url = {}", quoted(url));
        }
        let further =
            (2..=provider.secrets.len()).map(|number| format!("{{ label = \"{number}\" }}"));
        let further: Vec<String> = further.collect();
        let _ = writeln!(text, "credentials = [{}]", further.join(", "));
    }
    for (id, model) in &plan.models {
        let unit = if model.is_per_request {
            "per_request"
        } else {
            "per_million_tokens"
        };
        let _ = writeln!(
            text,
            "[[models]]\nid = {}\nmin_tier = \"free\"\npricing_unit = \"{unit}\"",
            quoted(id)
        );
        for (meter, price) in &model.prices {
            let _ = writeln!(text, "prices.{meter} = \"{price}\"");
        }
    }
    for provider in &plan.providers {
        for model in &provider.models {
            deployment(&mut text, provider, model, quoted);
        }
    }
    text
}

fn deployment(
    text: &mut String,
    provider: &PlannedProvider,
    (model, upstream): &(String, String),
    quoted: impl Fn(&str) -> String,
) {
    let _ = writeln!(
        text,
        "[[deployments]]\nmodel = {}\nprovider = {}\nupstream_model = {}\nweight = {}\ngroup = {}\npaused = {}",
        quoted(model),
        quoted(&provider.name),
        quoted(upstream),
        provider.weight,
        provider.group,
        provider.is_paused
    );
}

impl Written {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "accounts": self.accounts,
            "balances_changed": self.balances,
            "balance_difference": dollars(self.difference_nanos),
            "keys": self.keys,
            "providers": self.providers,
            "models": self.models,
            "failed": self.failed,
        })
    }

    pub(super) fn failed(&self) -> usize {
        self.failed.len()
    }
}
