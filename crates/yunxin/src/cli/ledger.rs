//! `ledger`: proof that the books are right.

use anyhow::bail;
use clap::Subcommand;
use serde_json::{Value, json};
use store::ledger::check;

use super::credits::dollars;
use super::output::Printer;
use super::session::CliSession;

#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Prove that entries come to zero, that balances are their sums, that what is held is what servers hold, and that usage
    /// events, their charges and their sums agree. Prints 0, or the rows that do not; then the command fails.
    Check,
}

impl LedgerCommand {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        match self {
            Self::Check => {
                let now_ms = session.clock.now_ms();
                let begin_ms = session.config.metering.complete_days_begin_ms(now_ms);
                let findings = check::run(&session.db, begin_ms).await?;
                if findings.is_empty() {
                    output.document("0");
                    return Ok(());
                }
                let rows: Vec<Value> = findings.iter().map(describe).collect();
                output.list(&rows, &["rule", "subject", "found", "expected"]);
                bail!("the books are not right: {} rows", findings.len());
            }
        }
    }
}

fn describe(finding: &check::Finding) -> Value {
    json!({
        "rule": finding.rule,
        "subject": finding.subject,
        "found": dollars(finding.found_nanos),
        "expected": dollars(finding.expected_nanos),
    })
}
