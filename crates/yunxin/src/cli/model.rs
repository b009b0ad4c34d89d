use clap::Subcommand;
use serde_json::{Value, json};

use super::output::Output;
use super::session::Session;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List every model of the catalogue.
    List,
}

impl Command {
    pub(super) async fn run(self, session: &Session, output: Output) -> anyhow::Result<()> {
        let Self::List = self;
        let (catalog, _) = session.sources.load(&session.db, &session.master).await?;
        let rows: Vec<Value> = catalog
            .all_models()
            .iter()
            .map(|model| {
                let definition = &model.definition;
                let providers: Vec<&str> = model
                    .deployments()
                    .iter()
                    .map(|deployment| &*deployment.provider.name)
                    .collect();
                json!({
                    "id": definition.id,
                    "type": definition.model_type,
                    "min_tier": definition.min_tier,
                    "providers": providers,
                    "input_price": definition.input_price,
                    "output_price": definition.output_price,
                    "unit": definition.pricing_unit,
                    "aliases": definition.aliases,
                    "public": definition.is_public,
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
