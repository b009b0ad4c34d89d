use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use gateway::catalog::ProviderLookup;
use gateway::clock::Clock;
use gateway::inference::{CheckOutcome, ProviderCheck, check_provider};
use gateway::routing::Pools;
use gateway::upstream::{HealthRegistry, Upstream};
use serde_json::{Value, json};

use super::output::Printer;
use super::session::CliSession;

#[derive(Debug, Subcommand)]
pub(super) enum ProviderCommand {
    /// Ask a provider for its models, and one of its deployments for each capability: chat, stream, tools, vision, embedding.
    /// Each further credential is tested with a chat or an embedding.
    /// The provider charges for it. Fails if a check does.
    Test(Test),
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// The name of the provider
    name: String,
}

impl ProviderCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let Self::Test(test) = self;
        test.run(session, output).await
    }
}

impl Test {
    async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let (health, pools) = (HealthRegistry::default(), Pools::new(Clock::System));
        let sources = &session.sources;
        let found = sources.provider(&session.db, &session.master, &self.name);
        let provider = match found.await? {
            ProviderLookup::Unknown => bail!("there is no provider {:?}", self.name),
            ProviderLookup::Misconfigured(mistake) => bail!("{mistake}"),
            ProviderLookup::Usable(provider) => provider,
        };
        let loaded = sources.load(&session.db, &session.master, &health, &pools);
        let (catalog, _) = loaded.await?;
        let upstream = Upstream::of_config(&session.config.upstream, Clock::System);
        let upstream = upstream.context("no connections can be made")?;
        let checks = check_provider(&upstream, &provider, &catalog).await;
        let rows: Vec<Value> = checks.iter().map(row).collect();
        let has_several = checks.iter().any(|check| check.credential.is_some());
        let mut columns = vec!["capability", "result", "model", "duration_ms", "message"];
        if has_several {
            columns.insert(0, "credential");
        }
        output.list(&rows, &columns);
        let is_failed = |check: &&ProviderCheck| matches!(check.outcome, CheckOutcome::Failed(_));
        match checks.iter().filter(is_failed).count() {
            0 => Ok(()),
            failed => bail!("{failed} of {} checks failed", checks.len()),
        }
    }
}

fn row(check: &ProviderCheck) -> Value {
    let asked = check.asked.as_ref();
    json!({
        "capability": check.capability,
        "result": check.outcome.as_str(),
        "credential": check.credential,
        "model": asked.map(|(model, _)| &**model),
        "deployment_id": asked.map(|(_, deployment)| &**deployment),
        "duration_ms": u64::try_from(check.duration.as_millis()).unwrap_or(u64::MAX),
        "message": check.outcome.words(),
    })
}
