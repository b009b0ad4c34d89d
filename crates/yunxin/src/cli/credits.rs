//! `credits`: giving credits and looking at them.

use anyhow::Context;
use clap::Subcommand;
use control::commands::NewRedemptionBatch;
use gateway::catalog::Price;
use serde_json::{Value, json};
use store::ledger::{self, Entry, EntryFilter};

use super::output::Printer;
use super::session::CliSession;

/// Rows of one list.
const ROWS_MAX: u32 = 500;
const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Subcommand)]
pub(super) enum CreditsCommand {
    /// Give an account credits, in dollars.
    Grant {
        account: String,
        /// As 12.50.
        amount: String,
        /// The account sees it.
        #[arg(long)]
        reason: String,
    },
    /// Undo an entry by one against it: take back what is left of a grant, or refund a charge.
    Undo {
        entry: String,
        /// The account sees it.
        #[arg(long)]
        reason: String,
    },
    /// Print the balance of an account.
    Balance { account: String },
    /// Make a batch of codes that are worth credits. They are printed this once.
    Codes {
        /// The worth of each code, in dollars.
        amount: String,
        /// The number of codes, up to 1000.
        #[arg(long, default_value_t = 1)]
        count: u64,
        #[arg(long)]
        name: String,
        /// The days for which they can be redeemed; left out, for ever.
        #[arg(long)]
        days: Option<u32>,
    },
    /// List the last entries of the ledger.
    Entries {
        /// Only those of this account.
        #[arg(long)]
        account: Option<String>,
    },
}

impl CreditsCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        match self {
            Self::Grant {
                account,
                amount,
                reason,
            } => {
                let id = account.as_str().into();
                let commands = session.commands();
                let granted = commands.grant_credits(&id, &amount, &reason).await;
                output.object(&describe(&granted.context(account)?));
            }
            Self::Undo { entry, reason } => {
                let id = entry.as_str().into();
                let undone = session.commands().undo_ledger_entry(&id, &reason).await;
                output.object(&describe(&undone.context(entry)?));
            }
            Self::Balance { account } => {
                let id = account.as_str().into();
                let balance = ledger::balance_of(&session.db, &id).await?;
                output.object(&json!({
                    "account": account,
                    "balance": dollars(balance.balance_nanos),
                    "held": dollars(balance.escrowed_nanos),
                }));
            }
            Self::Codes {
                amount,
                count,
                name,
                days,
            } => {
                let now_ms = session.clock.now_ms();
                let new = NewRedemptionBatch {
                    name: &name,
                    amount: &amount,
                    codes: count,
                    expires_at_ms: days.map(|days| now_ms + i64::from(days) * DAY_MS),
                };
                let (batch, codes) = session.commands().create_redemption_batch(new).await?;
                let codes: Vec<String> = codes.iter().map(|code| code.reveal()).collect();
                if output.is_json {
                    output.object(&json!({ "id": batch.id.as_str(), "codes": codes }));
                } else {
                    output.document(&codes.join("\n"));
                }
            }
            Self::Entries { account } => {
                let filter = EntryFilter {
                    account_id: account.unwrap_or_default(),
                    kind: None,
                };
                let entries = ledger::list(&session.db, &filter, None, ROWS_MAX).await?;
                let rows: Vec<Value> = entries.iter().map(describe).collect();
                let columns = [
                    "id",
                    "at_ms",
                    "account",
                    "kind",
                    "amount",
                    "reference",
                    "note",
                ];
                output.list(&rows, &columns);
            }
        }
        Ok(())
    }
}

/// An amount in dollars, exact.
pub(super) fn dollars(nanos: i64) -> String {
    let price = Price {
        nanos: nanos.unsigned_abs(),
    };
    let sign = if nanos < 0 { "-" } else { "" };
    format!("{sign}{}", price.to_text())
}

fn describe(entry: &Entry) -> Value {
    json!({
        "id": entry.id.as_str(),
        "at_ms": entry.at_ms,
        "account": entry.account_id.as_str(),
        "kind": entry.kind.as_str(),
        "amount": dollars(entry.amount_nanos),
        "reference": entry.reference,
        "note": entry.note,
    })
}
