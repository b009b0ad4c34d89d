//! `receipt`: everything that is known of one request.

use anyhow::Context;
use clap::Args;
use gateway::catalog::Prices;
use serde_json::{Value, json};
use store::AccountId;
use store::usage_events::AttemptRecord;
use store::usage_log::{self, Receipt as Found};

use super::credits::dollars;
use super::output::Printer;
use super::session::CliSession;

const MICROS_PER_MILLI: u64 = 1_000;

/// Print everything that is known of one request.
#[derive(Debug, Args)]
pub(super) struct Receipt {
    /// The x-request-id of its response.
    id: String,
}

impl Receipt {
    pub(super) async fn run(self, session: &CliSession, output: Printer) -> anyhow::Result<()> {
        let id = self.id.as_str().into();
        let found = usage_log::find_anywhere(&session.db, &id).await?;
        let (account, receipt) = found.context("there is no such request")?;
        output.object(&describe(&account, &receipt));
        Ok(())
    }
}

fn describe(account: &AccountId, receipt: &Found) -> Value {
    let (entry, detail) = (&receipt.entry, &receipt.detail);
    let hold = detail.hold.as_ref();
    let prices = detail.prices.as_ref().and_then(Prices::of_receipt);
    let usage = receipt.usage();
    let counted = usage
        .iter()
        .map(|(meter, amount)| format!("{meter} {amount}"));
    json!({
        "id": entry.request_id.as_str(),
        "at_ms": entry.at_ms,
        "account": account.as_str(),
        "api_key": entry.api_key_id.as_str(),
        "endpoint": entry.endpoint,
        "model": entry.model_id,
        "requested_model": entry.requested_model,
        "status": entry.status,
        "end_reason": entry.end_reason.as_str(),
        "error_code": entry.error_code,
        "counted": counted.collect::<Vec<_>>(),
        "counted_by": entry.counted_by.as_str(),
        "held": hold.map(|hold| dollars(hold.nanos.try_into().unwrap_or(i64::MAX))),
        "charge": dollars(entry.charge_nanos.try_into().unwrap_or(i64::MAX)),
        "above_the_hold": hold.map(|hold| dollars(hold.over_nanos.try_into().unwrap_or(i64::MAX))),
        "price_version": prices.map(|(version, _)| version),
        "attempts": detail.attempts.iter().map(tried).collect::<Vec<_>>(),
        "first_token_ms": entry.first_token_us.map(|micros| micros / MICROS_PER_MILLI),
        "duration_ms": entry.duration_us / MICROS_PER_MILLI,
    })
}

fn tried(attempt: &AttemptRecord) -> String {
    format!(
        "{} {} {} after {} ms, {} ms",
        attempt.provider,
        attempt.upstream_model,
        attempt.outcome,
        attempt.began_us / MICROS_PER_MILLI,
        attempt.duration_us / MICROS_PER_MILLI
    )
}
