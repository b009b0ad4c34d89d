//! one-api, and new-api, which grew out of it: users, tokens, channels and options.
//!
//! `github.com/songquanpeng/one-api` (`model/*.go`) and `github.com/QuantumNous/new-api` (`model/*.go`) are the sources of
//! the columns. Columns that only one of them has are looked for and not missed.

use std::collections::BTreeMap;

use llm::Meter;
use store::api_keys::Restrictions;
use store::budgets::{Budget, BudgetAction, BudgetMode, BudgetWindow};
use store::db::{ForeignDb, ForeignRow};
use store::key_limits::KeyLimits;
use store::secret::{ImportedSecret, hint_of_imported};

use super::Product;
use super::channels;
use super::fields::{decimal, flag, int, list, number, object, text, time_ms};
use super::plan::{Plan, PlannedAccount, PlannedKey, PlannedModel};

const ENABLED: i64 = 1;
/// Units of quota of a dollar, where the options do not say.
const QUOTA_PER_DOLLAR: f64 = 500_000.0;
/// The price of a million tokens at ratio 1, in dollars.
const DOLLARS_OF_RATIO: f64 = 2.0;

/// The settings that prices follow from.
struct Options {
    quota_per_dollar: f64,
    maps: BTreeMap<String, ForeignRow>,
}

/// Reads everything.
///
/// # Errors
/// If the database cannot be read, or has no users and tokens.
pub(super) async fn read(
    db: &mut ForeignDb,
    product: Product,
    now_ms: i64,
) -> anyhow::Result<Plan> {
    for table in ["users", "tokens"] {
        anyhow::ensure!(
            !db.columns(table).await?.is_empty(),
            "there is no table {table:?}: this is no database of {}",
            product.as_str()
        );
    }
    let mut plan = Plan::default();
    let options = Options::read(&db.rows("options").await?);
    for row in db.rows("users").await? {
        account(&mut plan, &row, product, &options);
    }
    for row in db.rows("tokens").await? {
        key(&mut plan, &row, &options, now_ms);
    }
    for row in db.rows("channels").await? {
        channels::read(&mut plan, &row, product);
    }
    prices(&mut plan, &options);
    Ok(plan)
}

fn account(plan: &mut Plan, row: &ForeignRow, product: Product, options: &Options) {
    let (id, username) = (text(row, "id"), text(row, "username"));
    if is_deleted(row) || int(row, "status") == Some(3) {
        return plan.leave_out(format!("user {username}"), "it was deleted");
    }
    let quota = int(row, "quota").unwrap_or_default();
    let balance_nanos = match options.nanos(quota) {
        Some(nanos) if nanos >= 0 => nanos,
        _ => {
            plan.lose(
                format!("the balance of user {username}"),
                format!(
                    "its quota of {quota} is below zero or too large; the account begins with 0"
                ),
            );
            0
        }
    };
    let email = text(row, "email");
    let display_name = text(row, "display_name");
    plan.accounts.push(PlannedAccount {
        email: match email.as_str() {
            "" => format!("user-{id}@{}.invalid", product.as_str()),
            email => email.to_owned(),
        },
        name: match display_name.as_str() {
            "" => username,
            _ => display_name,
        },
        group: text(row, "group"),
        is_suspended: int(row, "status") != Some(ENABLED),
        budgets: vec![],
        limits: KeyLimits::default(),
        balance_nanos,
        id,
    });
}

fn key(plan: &mut Plan, row: &ForeignRow, options: &Options, now_ms: i64) {
    let (id, name) = (text(row, "id"), text(row, "name"));
    let what = format!("token {id} ({name})");
    let account = text(row, "user_id");
    if is_deleted(row) || int(row, "status") != Some(ENABLED) {
        return plan.leave_out(what, "it is disabled, expired, used up or deleted");
    }
    let expires_at_ms = time_ms(row, "expired_time");
    if expires_at_ms.is_some_and(|end_ms| end_ms <= now_ms) {
        return plan.leave_out(what, "it has expired");
    }
    if !plan.accounts.iter().any(|one| one.id == account) {
        return plan.leave_out(what, "its user was deleted");
    }
    let secret = format!("sk-{}", text(row, "key").trim_start_matches("sk-"));
    let Some(imported) = ImportedSecret::of_text(&secret) else {
        return plan.lose(
            what,
            "its key is too short or has characters that no header takes",
        );
    };
    let group = text(row, "group");
    if !group.is_empty() {
        plan.lose(
            format!("the group {group:?} of {what}"),
            "a key has the tier of its account; make an account of that tier for it",
        );
    }
    let mut budgets = vec![];
    if !flag(row, "unlimited_quota") {
        let left = options.nanos(int(row, "remain_quota").unwrap_or_default());
        match left.and_then(|nanos| u64::try_from(nanos).ok()) {
            Some(amount_nanos) if amount_nanos > 0 => budgets.push(total(amount_nanos)),
            _ => return plan.leave_out(what, "its quota is used up"),
        }
    }
    plan.keys.push(PlannedKey {
        account,
        name: if name.is_empty() {
            format!("token {id}")
        } else {
            name
        },
        hint: hint_of_imported(&secret),
        secret: imported,
        restrictions: Restrictions {
            models: models_of(row),
            endpoints: None,
            networks: networks_of(row),
        },
        expires_at_ms,
        budgets,
        limits: KeyLimits::default(),
        id,
    });
}

fn total(amount_nanos: u64) -> Budget {
    Budget {
        window: BudgetWindow::Total,
        mode: BudgetMode::Calendar,
        amount_nanos,
        action: BudgetAction::Block,
        replaced: None,
    }
}

/// one-api has the list alone, new-api a flag beside it.
fn models_of(row: &ForeignRow) -> Option<Vec<String>> {
    let models = if row.contains_key("model_limits") {
        let is_limited = flag(row, "model_limits_enabled");
        if is_limited {
            list(row, "model_limits", ',')
        } else {
            vec![]
        }
    } else {
        list(row, "models", ',')
    };
    (!models.is_empty()).then_some(models)
}

fn networks_of(row: &ForeignRow) -> Option<Vec<String>> {
    let networks = match row.contains_key("allow_ips") {
        true => list(&lines_of(row), "allow_ips", '\n'),
        false => list(row, "subnet", ','),
    };
    (!networks.is_empty()).then_some(networks)
}

/// new-api has an address a line, and some have commas.
fn lines_of(row: &ForeignRow) -> ForeignRow {
    let mut row = row.clone();
    let lines = text(&row, "allow_ips").replace([',', '\r'], "\n");
    row.insert("allow_ips".to_owned(), lines.into());
    row
}

fn is_deleted(row: &ForeignRow) -> bool {
    row.get("deleted_at").is_some_and(|at| !at.is_null())
}

impl Options {
    fn read(rows: &[ForeignRow]) -> Self {
        let mut quota_per_dollar = QUOTA_PER_DOLLAR;
        let mut maps = BTreeMap::new();
        for row in rows {
            let name = text(row, "key");
            if name == "QuotaPerUnit" {
                quota_per_dollar = number(row, "value")
                    .filter(|units| *units > 0.0)
                    .unwrap_or(quota_per_dollar);
            } else {
                maps.insert(name, object(row, "value"));
            }
        }
        Self {
            quota_per_dollar,
            maps,
        }
    }

    /// Units of quota in nano-dollars.
    fn nanos(&self, quota: i64) -> Option<i64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "quotas are 32 bits or a few more"
        )]
        super::fields::nanos_of_dollars(quota as f64 / self.quota_per_dollar)
    }

    fn ratio(&self, map: &str, model: &str) -> Option<f64> {
        self.maps.get(map).and_then(|map| number(map, model))
    }
}

/// The prices of the models that channels serve.
fn prices(plan: &mut Plan, options: &Options) {
    let names: Vec<String> = plan.models.keys().cloned().collect();
    for name in names {
        match price(&name, options) {
            Some(model) => drop(plan.models.insert(name, model)),
            None => plan.lose(
                format!("the price of {name}"),
                "the database has no ratio and no price of it (the program has one built in); the model is imported for nothing",
            ),
        }
    }
    for (group, ratio) in options.maps.get("GroupRatio").into_iter().flatten() {
        if ratio
            .as_f64()
            .is_some_and(|ratio| (ratio - 1.0).abs() > 1e-9)
        {
            plan.lose(
                format!("the price factor {ratio} of the group {group:?}"),
                "give its accounts a tier with that price factor: --tier-of GROUP=TIER",
            );
        }
    }
    for expression in options
        .maps
        .get("billing_setting.billing_expr")
        .into_iter()
        .flatten()
    {
        plan.lose(
            format!("the price of {}", expression.0),
            "it is an expression; set the price by hand",
        );
    }
}

fn price(name: &str, options: &Options) -> Option<PlannedModel> {
    let mut model = PlannedModel::default();
    if let Some(per_call) = options
        .ratio("ModelPrice", name)
        .filter(|price| *price >= 0.0)
    {
        model.is_per_request = true;
        model.prices.insert(Meter::Requests, decimal(per_call)?);
        return Some(model);
    }
    let input = options.ratio("ModelRatio", name)? * DOLLARS_OF_RATIO;
    let completion = options.ratio("CompletionRatio", name).unwrap_or(1.0);
    model.prices.insert(Meter::UncachedInput, decimal(input)?);
    model
        .prices
        .insert(Meter::Output, decimal(input * completion)?);
    for (meter, map) in [
        (Meter::CacheRead, "CacheRatio"),
        (Meter::CacheWrite5m, "CreateCacheRatio"),
    ] {
        if let Some(ratio) = options.ratio(map, name) {
            model.prices.insert(meter, decimal(input * ratio)?);
        }
    }
    Some(model)
}
