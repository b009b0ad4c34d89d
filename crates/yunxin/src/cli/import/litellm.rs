//! `LiteLLM`: teams, users and virtual keys, whose SHA-256 it keeps. `schema.prisma` of `github.com/BerriAI/litellm` is the
//! source of the columns.

use std::collections::HashSet;

use control::commands::LIMIT_MAX;
use store::api_keys::Restrictions;
use store::budgets::{Budget, BudgetAction, BudgetMode, BudgetWindow};
use store::db::{ForeignDb, ForeignRow};
use store::key_limits::KeyLimits;
use store::secret::ImportedSecret;

use super::fields::{flag, list, nanos_of_dollars, number, text, whole};
use super::plan::{Plan, PlannedAccount, PlannedKey};

const KEYS: &str = "LiteLLM_VerificationToken";
const TEAMS: &str = "LiteLLM_TeamTable";
const USERS: &str = "LiteLLM_UserTable";
const MODELS: &str = "LiteLLM_ProxyModelTable";
/// The team of the keys of its own user interface.
const DASHBOARD: &str = "litellm-dashboard";
/// Words for all models.
const ALL: [&str; 2] = ["all-team-models", "all-proxy-models"];
/// The account of keys without a team and a user.
const NOBODY: &str = "default";

/// Reads everything.
///
/// # Errors
/// If the database cannot be read, or has no virtual keys.
pub(super) async fn read(db: &mut ForeignDb, now_ms: i64) -> anyhow::Result<Plan> {
    anyhow::ensure!(
        !db.columns(KEYS).await?.is_empty(),
        "there is no table {KEYS:?}: this is no database of LiteLLM"
    );
    let mut plan = Plan::default();
    let rows = db.rows(KEYS).await?;
    let owners: HashSet<String> = rows.iter().map(owner).collect();
    for row in db.rows(TEAMS).await? {
        account(&mut plan, &row, ("team", "team_id", "team_alias"));
    }
    for row in db.rows(USERS).await? {
        // Most users have no key but their team's.
        if owners.contains(&format!("user:{}", text(&row, "user_id"))) {
            account(&mut plan, &row, ("user", "user_id", "user_alias"));
        }
    }
    if owners.contains(NOBODY) {
        plan.accounts.push(PlannedAccount {
            id: NOBODY.to_owned(),
            email: "default@litellm.invalid".to_owned(),
            name: "Keys without an owner".to_owned(),
            group: String::new(),
            is_suspended: false,
            budgets: vec![],
            limits: KeyLimits::default(),
            balance_nanos: 0,
        });
    }
    for row in &rows {
        key(&mut plan, row, now_ms);
    }
    for row in db.rows(MODELS).await? {
        plan.lose(
            format!("model {}", text(&row, "model_name")),
            "its settings are encrypted by LiteLLM; add it to the catalogue",
        );
    }
    Ok(plan)
}

fn owner(row: &ForeignRow) -> String {
    match (text(row, "team_id").as_str(), text(row, "user_id").as_str()) {
        ("", "") => NOBODY.to_owned(),
        ("", user) => format!("user:{user}"),
        (team, _) => format!("team:{team}"),
    }
}

fn account(plan: &mut Plan, row: &ForeignRow, (kind, id, alias): (&str, &str, &str)) {
    let (id, alias, email) = (text(row, id), text(row, alias), text(row, "user_email"));
    let what = format!("{kind} {id}");
    let budgets = budget(plan, row, &what);
    let limits = limits(plan, row, &what);
    let name = [&alias, &email, &id]
        .into_iter()
        .find(|name| !name.is_empty());
    plan.accounts.push(PlannedAccount {
        id: format!("{kind}:{id}"),
        email: match email.as_str() {
            "" => format!("{kind}-{}@litellm.invalid", mailbox(&id)),
            email => email.to_owned(),
        },
        name: name.cloned().unwrap_or(what),
        group: String::new(),
        is_suspended: flag(row, "blocked"),
        budgets: budgets.into_iter().collect(),
        limits,
        balance_nanos: 0,
    });
}

/// The part of an address before the @, of an id.
fn mailbox(id: &str) -> String {
    let letters = id
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-');
    let name: String = letters.take(60).collect();
    if name.is_empty() {
        "x".to_owned()
    } else {
        name
    }
}

fn key(plan: &mut Plan, row: &ForeignRow, now_ms: i64) {
    let (token, hint, alias) = (
        text(row, "token"),
        text(row, "key_name"),
        text(row, "key_alias"),
    );
    let what = match alias.as_str() {
        "" => format!("key {hint}"),
        alias => format!("key {alias} ({hint})"),
    };
    if text(row, "team_id") == DASHBOARD {
        return plan.leave_out(what, "it is one of the user interface");
    }
    if flag(row, "blocked") {
        return plan.leave_out(what, "it is blocked");
    }
    let expires_at_ms = expiry(&text(row, "expires"));
    if expires_at_ms.is_some_and(|end_ms| end_ms <= now_ms) {
        return plan.leave_out(what, "it has expired");
    }
    let Some(secret) = ImportedSecret::of_sha256(&token) else {
        return plan.lose(what, "its token is no SHA-256");
    };
    let account = owner(row);
    if !plan.accounts.iter().any(|one| one.id == account) {
        return plan.lose(what, format!("there is no {account}"));
    }
    let models = list(row, "models", ',');
    if models.iter().any(|model| model == "no-default-models") {
        return plan.lose(what, "it may use no model until its owner is given some");
    }
    if let Some(wildcard) = models.iter().find(|model| model.contains('*')) {
        return plan.lose(
            what,
            format!("it is restricted by a wildcard, {wildcard}; name the models"),
        );
    }
    let is_all = models.iter().any(|model| ALL.contains(&model.as_str()));
    let budgets = budget(plan, row, &what);
    let limits = limits(plan, row, &what);
    plan.keys.push(PlannedKey {
        id: token,
        account,
        name: [alias, hint.clone()]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_else(|| "key".to_owned()),
        secret,
        hint: if hint.is_empty() {
            "sk-...".to_owned()
        } else {
            hint
        },
        restrictions: Restrictions {
            models: (!models.is_empty() && !is_all).then_some(models),
            endpoints: None,
            networks: None,
        },
        expires_at_ms,
        budgets: budgets.into_iter().collect(),
        limits,
    });
}

/// A budget, less what is spent of one that never resets.
fn budget(plan: &mut Plan, row: &ForeignRow, what: &str) -> Option<Budget> {
    let amount = number(row, "max_budget")?;
    let duration = text(row, "budget_duration");
    let (window, mode) = match duration.as_str() {
        "" => (BudgetWindow::Total, BudgetMode::Calendar),
        "1d" | "24h" => (BudgetWindow::Day, BudgetMode::Rolling),
        "7d" | "168h" => (BudgetWindow::Week, BudgetMode::Rolling),
        "30d" => (BudgetWindow::Month, BudgetMode::Rolling),
        "1mo" => (BudgetWindow::Month, BudgetMode::Calendar),
        other => {
            plan.lose(
                format!("the budget of {what}"),
                format!("there is no window of {other}: a day, a week, a month or all time"),
            );
            return None;
        }
    };
    let spent = match window {
        BudgetWindow::Total => number(row, "spend").unwrap_or_default(),
        _ => 0.0,
    };
    let left = nanos_of_dollars((amount - spent).max(0.0))?;
    Some(Budget {
        window,
        mode,
        amount_nanos: u64::try_from(left).ok()?,
        action: BudgetAction::Block,
        replaced: None,
    })
}

/// The limits of a key, or of an owner.
fn limits(plan: &mut Plan, row: &ForeignRow, what: &str) -> KeyLimits {
    let mut limits = KeyLimits::default();
    for (name, limit) in [
        ("rpm_limit", &mut limits.requests_per_minute),
        ("tpm_limit", &mut limits.tokens_per_minute),
        ("max_parallel_requests", &mut limits.concurrent_requests),
    ] {
        let Some(value) = whole(row, name) else {
            continue;
        };
        let wanted = u64::try_from(value).ok().filter(|wanted| *wanted > 0);
        if wanted.is_some_and(|wanted| wanted > LIMIT_MAX) {
            // A limit that high limits nothing.
            continue;
        }
        *limit = wanted;
        if limit.is_none() {
            plan.lose(
                format!("{name} {value} of {what}"),
                "a limit here is at least 1; revoke the key, or suspend the account, that is to do nothing",
            );
        }
    }
    limits
}

/// `2026-11-30T12:00:00`, with or without a fraction and a zone, in UTC.
fn expiry(text: &str) -> Option<i64> {
    let text = text.trim().replace(' ', "T");
    let seconds = text.get(..19)?;
    let time: jiff::civil::DateTime = seconds.parse().ok()?;
    let time = jiff::tz::Offset::UTC.to_timestamp(time).ok()?;
    Some(time.as_millisecond())
}
