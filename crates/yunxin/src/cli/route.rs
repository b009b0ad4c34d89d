use anyhow::Context;
use clap::{Args, Subcommand};
use gateway::catalog::{Catalog, Model};
use gateway::clock::Clock;
use gateway::inference::{ExplainedCandidate, explain, lead};
use gateway::routing::{Level, Pools, RouteReason, Traits, hash};
use gateway::upstream::HealthRegistry;
use llm::Needs;
use serde_json::{Value, json};
use store::api_keys::Environment;

use super::output::Printer;
use super::session::CliSession;

#[derive(Debug, Subcommand)]
pub(super) enum RouteCommand {
    /// Explain where a request would go, by the catalogue. Breakers and queues are those of a running server: ask it for
    /// `GET /api/v1/admin/routing`.
    Explain(Explain),
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The id or an alias of a model
    #[arg(long)]
    model: String,
    /// The id of an API key that would send it
    #[arg(long)]
    key: Option<String>,
    /// The session that it would name
    #[arg(long)]
    session: Option<String>,
    /// Tokens of its prompt
    #[arg(long, default_value_t = 0)]
    input_tokens: u64,
    /// The abilities that it would need, with commas between them: `tools`, `vision`, `json_schema`
    #[arg(long, default_value = "")]
    needs: String,
}

impl RouteCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let Self::Explain(explain) = self;
        explain.run(session, output).await
    }
}

impl Explain {
    async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let (health, pools) = (HealthRegistry::default(), Pools::new(Clock::System));
        let sources = &session.sources;
        let loaded = sources.load(&session.db, &session.master, &health, &pools);
        let (catalog, _) = loaded.await?;
        let model = catalog.model(&self.model);
        let model = model.with_context(|| format!("there is no model {:?}", self.model))?;
        let sender = match &self.key {
            Some(id) => Some(sender(session, id, &catalog, model).await?),
            None => None,
        };
        let now_ms = session.clock.now_ms();
        let needs = Needs::of_words(&self.needs);
        let traits = Traits {
            is_test: sender.as_ref().is_some_and(|sender| sender.is_test),
            tier: sender.as_ref().map(|sender| (&*sender.tier, now_ms)),
            input_tokens: self.input_tokens,
            needs: needs.context("--needs takes tools, vision and json_schema")?,
            session: self.session.as_ref().map(|name| hash(name.as_bytes())),
            ..Traits::default()
        };
        let attempts_max = session.config.upstream.attempts_max();
        let tier = sender
            .as_ref()
            .and_then(|sender| catalog.tier(&sender.tier));
        let may_use = |model: &Model| tier.is_none_or(|tier| model.is_reached_by(tier));
        let (model, rule) = lead(model, &traits, may_use);
        let mut explained = explain(&model, &traits, attempts_max);
        explained.sort_by_key(|one| one.place.unwrap_or(usize::MAX));
        let rows: Vec<Value> = explained.iter().map(row).collect();
        if output.is_json {
            output.object(&json!({
                "model": model.spec.id,
                "rule": rule.map(RouteReason::as_str),
                "policy": model.spec.routing_policy,
                "fallbacks": model.spec.fallbacks,
                "key": sender.map(|sender| sender.told),
                "candidates": rows,
            }));
            return Ok(());
        }
        if let Some(rule) = rule {
            output.text(&format!("{} by {}", model.spec.id, rule.as_str()));
        }
        output.list(
            &rows,
            &[
                "place",
                "provider",
                "credential",
                "upstream_model",
                "group",
                "weight",
                "status",
                "reason",
            ],
        );
        Ok(())
    }
}

/// The key that would send a request.
struct Sender {
    told: Value,
    tier: String,
    is_test: bool,
}

async fn sender(
    session: &CliSession,
    id: &str,
    catalog: &Catalog,
    model: &Model,
) -> anyhow::Result<Sender> {
    let key = store::api_keys::get_for_operator(&session.db, &id.into()).await?;
    let account = store::accounts::get_account(&session.db, &key.account_id).await?;
    let tier = catalog.tier(&account.tier_id);
    let priority = tier.map_or(1, |tier| tier.priority);
    let told = json!({
        "id": id,
        "level": Level::of_priority(priority).as_str(),
        "may_use": tier.is_some_and(|tier| model.is_reached_by(tier)),
    });
    Ok(Sender {
        told,
        tier: account.tier_id,
        is_test: key.environment == Environment::Test,
    })
}

fn row(explained: &ExplainedCandidate) -> Value {
    let deployment = &explained.candidate.deployment;
    json!({
        "place": explained.place.map(|place| place + 1),
        "deployment_id": &*deployment.id,
        "provider": &*deployment.provider.name,
        "credential": deployment.provider.credential_label(),
        "upstream_model": &*deployment.upstream_model,
        "group": deployment.group,
        "weight": deployment.weight,
        "status": explained.part.as_str(),
        "reason": explained.reason.map(RouteReason::as_str),
    })
}
