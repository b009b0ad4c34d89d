//! `migrate-to`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use store::{Db, auth_log, db};

use super::output::Printer;
use super::session::CliSession;

/// A server that renewed its lease within this still runs.
const RUNS_MS: i64 = 15_000;

/// Copy the database from SQLite to PostgreSQL, which has to be empty. Stop the server first.
#[derive(Debug, Args)]
pub(super) struct MigrateTo {
    /// `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(required_unless_present = "url_file", conflicts_with = "url_file")]
    url: Option<String>,
    /// A file with the URL, which then is in no list of processes.
    #[arg(long, value_name = "FILE")]
    url_file: Option<PathBuf>,
}

impl MigrateTo {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let url = match (self.url, self.url_file) {
            (Some(url), _) => url,
            (None, Some(path)) => std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?
                .trim()
                .to_owned(),
            (None, None) => bail!("give a URL or --url-file"),
        };
        refuse_if_it_runs(session).await?;
        let to = Db::open(&url).await?;
        let copied = db::copy(&session.db, &to).await?;
        to.close().await;
        let rows: u64 = copied.iter().map(|table| table.rows).sum();
        let tables: Vec<_> = copied
            .iter()
            .map(|table| json!({ "table": table.name, "rows": table.rows }))
            .collect();
        output.list(&tables, &["table", "rows"]);
        output.text(&format!(
            "{rows} rows of {} tables are in PostgreSQL; counts and sums are the same. Set database.url, keep the master key and \
             server.data_dir, and start the server.",
            tables.len()
        ));
        Ok(())
    }
}

async fn refuse_if_it_runs(session: &CliSession) -> anyhow::Result<()> {
    let now_ms = session.clock.now_ms();
    let replicas = auth_log::list_replicas(&session.db).await?;
    let runs = replicas
        .iter()
        .any(|replica| now_ms - replica.renewed_at_ms < RUNS_MS);
    if runs {
        bail!("a server runs on this database, or was killed a moment ago: stop it, and try again");
    }
    Ok(())
}
