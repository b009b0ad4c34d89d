use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Subcommand;
use gateway::catalog::{Origin, parse_file, to_rows};
use serde_json::json;
use store::catalog;

use super::output::Printer;
use super::session::CliSession;

#[derive(Debug, Subcommand)]
pub(super) enum CatalogCommand {
    /// Add or replace what a catalogue file names, in the database. Credentials are sealed there.
    Import { file: PathBuf },
}

impl CatalogCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let Self::Import { file } = self;
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let mut definitions =
            parse_file(&text, Origin::Database).with_context(|| file.display().to_string())?;
        let known = session.sources.definitions(&session.db, &session.master);
        definitions.adopt_ids(&known.await?);
        let problems = session
            .sources
            .check(&session.db, &session.master, &definitions)
            .await?;
        if !problems.is_empty() {
            bail!(
                "{} would not be usable, so nothing was imported: {}",
                file.display(),
                problems.join("; ")
            );
        }
        let rows = to_rows(&definitions, &session.master)?;
        let mut tx = session.db.begin().await?;
        let seq = catalog::upsert(&mut tx, &rows, session.clock.now_ms()).await?;
        tx.commit().await?;
        session.wait_until_applied(seq).await?;
        output.object(&json!({
            "providers": rows.providers.len(),
            "models": rows.models.len(),
            "deployments": rows.deployments.len(),
        }));
        Ok(())
    }
}
