//! `key create`.

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use control::commands::NewApiKey;
use gateway::catalog::Price;
use llm::{OPERATIONS, Operation};
use serde_json::json;
use store::api_keys::{AnomalyAction, Environment, Restrictions};
use store::budgets::{Budget, BudgetAction, BudgetMode, BudgetWindow};
use store::key_limits::KeyLimits;

use crate::cli::output::Printer;
use crate::cli::session::CliSession;

#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// The account that the key belongs to.
    #[arg(long)]
    account: String,
    /// The purpose of the key: "Production Server".
    #[arg(long)]
    name: String,
    /// Test keys reach only the sandbox models, and cost nothing.
    #[arg(long, value_enum, default_value = "live")]
    environment: EnvironmentArgument,
    /// The time until the key stops working: 30d, 12h.
    #[arg(long, value_name = "DURATION")]
    expires_in: Option<String>,
    /// The only models that it may use.
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    models: Option<Vec<String>>,
    #[arg(long, value_delimiter = ',', value_name = "ENDPOINT,...", help = endpoints_help())]
    endpoints: Option<Vec<String>>,
    /// A network from which it may be used; give it several times for several.
    #[arg(long, value_delimiter = ',', value_name = "CIDR,...")]
    allow_ip: Option<Vec<String>>,
    /// The action on an anomaly.
    #[arg(long, value_enum, default_value = "notify")]
    on_anomaly: OnAnomalyArgument,
    /// Leaves the cost out of responses to it.
    #[arg(long)]
    hide_cost: bool,
    /// Sets cache breakpoints in its prompts, where the provider caches up to them.
    #[arg(long)]
    cache_prompts: bool,
    /// The most that it may spend in dollars per session, day, week, month or in total: day=5,month=50.
    #[arg(long, value_delimiter = ',', value_name = "WINDOW=DOLLARS,...")]
    budget: Vec<String>,
    #[arg(long, value_delimiter = ',', value_name = "NAME=NUMBER,...", help = LIMIT_HELP)]
    limit: Vec<String>,
}

const LIMIT_HELP: &str = "Its limits below those of its account, by name: requests_per_minute=60,concurrent_requests=2; \
    tokens_per_minute and requests_per_day besides";

fn endpoints_help() -> String {
    let names: Vec<&str> = Operation::names(OPERATIONS).collect();
    format!("The only endpoints that it may use: {}", names.join(", "))
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnAnomalyArgument {
    Notify,
    Throttle,
    Freeze,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EnvironmentArgument {
    Live,
    Test,
}

impl Create {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let expires_in_ms = self
            .expires_in
            .as_deref()
            .map(duration_ms)
            .transpose()
            .context("--expires-in")?;
        let budgets = self.budget.iter().map(|text| budget_of(text)).collect();
        let budgets: anyhow::Result<Vec<Budget>> = budgets;
        let new = NewApiKey {
            account_id: self.account.into(),
            name: self.name,
            environment: match self.environment {
                EnvironmentArgument::Live => Environment::Live,
                EnvironmentArgument::Test => Environment::Test,
            },
            restrictions: Restrictions {
                models: self.models,
                endpoints: self.endpoints,
                networks: self.allow_ip,
            },
            expires_at_ms: expires_in_ms.map(|ms| session.clock.now_ms() + ms),
            anomaly_action: match self.on_anomaly {
                OnAnomalyArgument::Notify => AnomalyAction::Notify,
                OnAnomalyArgument::Throttle => AnomalyAction::Throttle,
                OnAnomalyArgument::Freeze => AnomalyAction::Freeze,
            },
            shows_cost: !self.hide_cost,
            caches_prompts: self.cache_prompts,
            budgets: budgets.context("--budget")?,
            own_limits: limits_of(&self.limit).context("--limit")?,
        };
        let account = new.account_id.clone();
        let made = session.commands().create_api_key(new).await;
        let (key, secret) = made.with_context(|| format!("account {account}"))?;
        output.object(
            &json!({ "id": key.id.as_str(), "key": secret.reveal(), "hint": secret.hint() }),
        );
        output.text("Store the key now: it is not shown again.");
        Ok(())
    }
}

/// Reads `requests_per_minute=60` of each.
fn limits_of(texts: &[String]) -> anyhow::Result<KeyLimits> {
    let mut limits = KeyLimits::default();
    for text in texts {
        let wrong = || format!("{text:?} is not a limit such as requests_per_minute=60");
        let (name, number) = text.split_once('=').with_context(wrong)?;
        let limit = match name {
            "requests_per_minute" => &mut limits.requests_per_minute,
            "tokens_per_minute" => &mut limits.tokens_per_minute,
            "requests_per_day" => &mut limits.requests_per_day,
            "concurrent_requests" => &mut limits.concurrent_requests,
            _ => bail!(wrong()),
        };
        *limit = Some(number.parse().with_context(wrong)?);
    }
    Ok(limits)
}

/// Reads `day=5`.
fn budget_of(text: &str) -> anyhow::Result<Budget> {
    let wrong = || format!("{text:?} is not a budget such as day=5 or month=12.50");
    let (window, amount) = text.split_once('=').with_context(wrong)?;
    let window = match window {
        "session" => BudgetWindow::Session,
        "day" => BudgetWindow::Day,
        "week" => BudgetWindow::Week,
        "month" => BudgetWindow::Month,
        "total" => BudgetWindow::Total,
        _ => bail!(wrong()),
    };
    Ok(Budget {
        window,
        mode: BudgetMode::Calendar,
        amount_nanos: Price::parse(amount).with_context(wrong)?.nanos,
        action: BudgetAction::Block,
        replaced: None,
    })
}

/// Reads `90s`, `15m`, `12h`, `30d`.
pub(super) fn duration_ms(text: &str) -> anyhow::Result<i64> {
    let wrong = || format!("{text:?} is not a duration such as 90s, 15m, 12h or 30d");
    let unit = text.chars().last().with_context(wrong)?;
    let number: i64 = text
        .strip_suffix(unit)
        .unwrap_or_default()
        .parse()
        .with_context(wrong)?;
    let unit_ms = match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => bail!(wrong()),
    };
    number
        .checked_mul(unit_ms)
        .filter(|ms| *ms >= 0)
        .with_context(wrong)
}

#[cfg(test)]
mod tests {
    use super::{budget_of, duration_ms, limits_of};

    #[test]
    fn budgets_are_read_with_their_windows() {
        let budget = budget_of("month=12.50").unwrap();
        assert_eq!(
            (budget.window.as_str(), budget.amount_nanos),
            ("month", 12_500_000_000)
        );
        for wrong in ["", "day", "day=", "day=-1", "year=1", "day=1e3"] {
            assert!(budget_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn limits_are_read_by_their_names() {
        let texts = ["requests_per_minute=60", "concurrent_requests=2"].map(str::to_owned);
        let limits = limits_of(&texts).unwrap();
        assert_eq!(limits.requests_per_minute, Some(60));
        assert_eq!(limits.concurrent_requests, Some(2));
        assert_eq!(limits.tokens_per_minute, None);
        for wrong in ["", "rpm=1", "requests_per_day", "requests_per_day=-1"] {
            assert!(limits_of(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_are_read_with_their_units() {
        assert_eq!(duration_ms("90s").unwrap(), 90_000);
        assert_eq!(duration_ms("30d").unwrap(), 2_592_000_000);
        for wrong in [
            "",
            "d",
            "1",
            "1y",
            "-1h",
            "1.5h",
            "99999999999999999d",
            "1é",
        ] {
            assert!(duration_ms(wrong).is_err(), "{wrong}");
        }
    }
}
