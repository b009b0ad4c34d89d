use clap::Subcommand;
use gateway::clock::Clock;
use gateway::routing::Pools;
use gateway::upstream::HealthRegistry;
use serde_json::{Value, json};

use super::output::Printer;
use super::session::CliSession;

#[derive(Debug, Subcommand)]
pub(super) enum ModelCommand {
    /// List every model of the catalogue.
    List,
}

impl ModelCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let Self::List = self;
        let (health, pools) = (HealthRegistry::default(), Pools::new(Clock::System));
        let sources = &session.sources;
        let loaded = sources.load(&session.db, &session.master, &health, &pools);
        let (catalog, _) = loaded.await?;
        let rows: Vec<Value> = catalog
            .all_models()
            .iter()
            .map(|model| {
                let spec = &model.spec;
                let providers: Vec<&str> = model
                    .distinct_deployments()
                    .map(|deployment| &*deployment.provider.name)
                    .collect();
                json!({
                    "id": spec.id,
                    "type": spec.model_type,
                    "min_tier": spec.min_tier,
                    "providers": providers,
                    "input_price": spec.input_price_shown(),
                    "output_price": spec.output_price_shown(),
                    "unit": spec.pricing_unit,
                    "aliases": spec.aliases,
                    "public": spec.is_public,
                })
            })
            .collect();
        output.list(
            &rows,
            &[
                "id",
                "type",
                "min_tier",
                "providers",
                "input_price",
                "output_price",
                "unit",
            ],
        );
        Ok(())
    }
}
