//! `import`: taking accounts, keys, providers, models, prices and balances over from another program. Clients keep their
//! keys.

mod apply;
mod channels;
mod fields;
mod litellm;
mod one_api;
mod other_gateways;
mod plan;
mod verify;

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use store::db::ForeignDb;

use super::credits::dollars;
use super::output::Printer;
use super::session::CliSession;
use plan::{Loss, Plan};

/// Take accounts, keys, providers, prices and balances over from another program. Its clients keep their keys. A second
/// run takes only what changed there.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The program.
    #[arg(value_enum)]
    product: Product,
    /// Its database: `postgres://USER:PASSWORD@HOST/NAME`, or a SQLite file. It is only read.
    #[arg(
        required_unless_present = "source_file",
        conflicts_with = "source_file"
    )]
    source: Option<String>,
    /// A file with the URL, which then is in no list of processes.
    #[arg(long, value_name = "FILE")]
    source_file: Option<PathBuf>,
    /// Print what would be taken over, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print every difference between here and there, and write nothing. Fails if there is one.
    #[arg(long, conflicts_with = "dry_run")]
    verify: bool,
    /// Import although something cannot be represented here.
    #[arg(long)]
    accept_losses: bool,
    /// The tier of accounts whose group has none of its own.
    #[arg(long, value_name = "TIER", default_value = "free")]
    tier: String,
    /// The tier of the accounts of a group there. May be given several times.
    #[arg(long, value_name = "GROUP=TIER", value_parser = tier_of)]
    tier_of: Vec<(String, String)>,
}

/// A program that can be imported from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Product {
    OneApi,
    NewApi,
    Litellm,
    Bifrost,
    Tensorzero,
    GptLoad,
}

/// The tiers of groups.
#[derive(Debug)]
struct Tiers {
    of_groups: Vec<(String, String)>,
    otherwise: String,
}

impl Product {
    /// The name, as in the record of what was taken over.
    fn as_str(self) -> &'static str {
        match self {
            Self::OneApi => "one-api",
            Self::NewApi => "new-api",
            Self::Litellm => "litellm",
            Self::Bifrost => "bifrost",
            Self::Tensorzero => "tensorzero",
            Self::GptLoad => "gpt-load",
        }
    }

    async fn read(self, db: &mut ForeignDb, now_ms: i64) -> anyhow::Result<Plan> {
        match self {
            Self::OneApi | Self::NewApi => one_api::read(db, self, now_ms).await,
            Self::Litellm => litellm::read(db, now_ms).await,
            Self::Bifrost => other_gateways::read_bifrost(db).await,
            Self::Tensorzero => other_gateways::read_tensorzero(db).await,
            Self::GptLoad => other_gateways::read_gpt_load(db).await,
        }
    }
}

impl Tiers {
    fn of(&self, group: &str) -> &str {
        let found = self.of_groups.iter().find(|(name, _)| name == group);
        found.map_or(&self.otherwise, |(_, tier)| tier)
    }
}

impl Import {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let source = self.product.as_str();
        let mut db = ForeignDb::open(&self.place()?).await?;
        let read = self.product.read(&mut db, session.clock.now_ms()).await;
        db.close().await;
        let plan = read?;
        if self.verify {
            let differences = verify::differences(session, source, &plan).await?;
            output.list(&differences, &["what", "there", "here"]);
            output.text(&format!("{} differences", differences.len()));
            return match differences.len() {
                0 => Ok(()),
                count => bail!("{count} differences"),
            };
        }
        if self.dry_run {
            show(&plan, output);
            return Ok(());
        }
        if !plan.losses.is_empty() && !self.accept_losses {
            show(&plan, output);
            bail!(
                "{} things cannot be represented here, so nothing was imported; --accept-losses imports the rest",
                plan.losses.len()
            );
        }
        let tiers = Tiers {
            of_groups: self.tier_of,
            otherwise: self.tier,
        };
        let written = apply::write(session, (source, &tiers), &plan, output).await?;
        output.object(&written.to_json());
        match written.failed() {
            0 => Ok(()),
            count => bail!("{count} keys could not be made"),
        }
    }

    fn place(&self) -> anyhow::Result<String> {
        match (&self.source, &self.source_file) {
            (Some(source), _) => Ok(source.clone()),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path);
                let text = text.with_context(|| format!("cannot read {}", path.display()))?;
                Ok(text.trim().to_owned())
            }
            (None, None) => bail!("give the database or --source-file"),
        }
    }
}

fn show(plan: &Plan, output: Printer) {
    let rows = |losses: &[Loss]| losses.iter().map(Loss::to_json).collect::<Vec<Value>>();
    let (losses, left_out) = (rows(&plan.losses), rows(&plan.left_out));
    let counts = json!({
        "accounts": plan.accounts.len(),
        "balance": dollars(plan.balance_nanos()),
        "keys": plan.keys.len(),
        "providers": plan.providers.len(),
        "models": plan.models.len(),
        "left_out": plan.left_out.len(),
        "losses": plan.losses.len(),
    });
    if output.is_json {
        output.object(&json!({ "counts": counts, "losses": losses, "left_out": left_out }));
        return;
    }
    output.object(&counts);
    for (title, rows) in [
        ("Not needed here:", left_out),
        ("Cannot be represented here:", losses),
    ] {
        if !rows.is_empty() {
            output.text(title);
            output.list(&rows, &["what", "reason"]);
        }
    }
}

fn tier_of(text: &str) -> Result<(String, String), String> {
    let (group, tier) = text.split_once('=').ok_or("expected GROUP=TIER")?;
    Ok((group.to_owned(), tier.to_owned()))
}
