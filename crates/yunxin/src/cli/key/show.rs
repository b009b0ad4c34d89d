//! `key list`, `key show` and `key usage`.

use anyhow::Context;
use control::commands::api_key_status;
use serde_json::{Value, json};
use store::api_keys::{self, ApiKey};
use store::usage_rollups::list_by_model;
use store::{AccountId, ApiKeyId, accounts};

use crate::cli::output::Printer;
use crate::cli::session::CliSession;

const PAGE: u32 = 500;
const DAY_MS: i64 = 86_400_000;
const USAGE_DAYS: i64 = 30;

pub(super) async fn list(
    session: &CliSession,
    output: Printer,
    account: &AccountId,
) -> anyhow::Result<()> {
    accounts::get_account(&session.db, account)
        .await
        .with_context(|| account.to_string())?;
    let mut keys: Vec<ApiKey> = Vec::new();
    loop {
        let after = keys.last().map(|key| key.id.clone());
        let page = api_keys::list_api_keys(&session.db, account, after.as_ref(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        keys.extend(page);
    }
    let now_ms = session.clock.now_ms();
    let rows: Vec<Value> = keys.iter().map(|key| describe(key, now_ms)).collect();
    output.list(
        &rows,
        &[
            "id",
            "name",
            "hint",
            "environment",
            "status",
            "last_used_at_ms",
        ],
    );
    Ok(())
}

pub(super) async fn show(
    session: &CliSession,
    output: Printer,
    id: &ApiKeyId,
) -> anyhow::Result<()> {
    let key = api_keys::get_for_operator(&session.db, id)
        .await
        .with_context(|| id.to_string())?;
    let mut value = describe(&key, session.clock.now_ms());
    let secrets = api_keys::list_secrets(&session.db, id).await?;
    value["secrets"] = secrets
        .iter()
        .map(|secret| json!({ "hint": secret.hint, "created_at_ms": secret.created_at_ms, "ends_at_ms": secret.ends_at_ms }))
        .collect();
    output.object(&value);
    Ok(())
}

pub(super) async fn usage(
    session: &CliSession,
    output: Printer,
    id: &ApiKeyId,
) -> anyhow::Result<()> {
    let key = api_keys::get_for_operator(&session.db, id)
        .await
        .with_context(|| id.to_string())?;
    let now_ms = session.clock.now_ms();
    let since_ms = now_ms - now_ms.rem_euclid(DAY_MS) - (USAGE_DAYS - 1) * DAY_MS;
    let by_model = list_by_model(&session.db, &key.account_id, id, since_ms).await?;
    let rows: Vec<Value> = by_model
        .iter()
        .map(|(model, sums)| {
            json!({
                "model": model,
                "requests": sums.requests,
                "refused": sums.refused,
                "errors": sums.errors,
                "input_tokens": sums.input_tokens,
                "output_tokens": sums.output_tokens,
                "cached_tokens": sums.cached_tokens,
                "reasoning_tokens": sums.reasoning_tokens,
                "meters": sums.meters,
            })
        })
        .collect();
    if output.is_json {
        let sum = |field: &str| {
            rows.iter()
                .filter_map(|row| row[field].as_u64())
                .sum::<u64>()
        };
        output.object(&json!({
            "id": id.as_str(),
            "since_ms": since_ms,
            "requests": sum("requests"),
            "refused": sum("refused"),
            "errors": sum("errors"),
            "input_tokens": sum("input_tokens"),
            "output_tokens": sum("output_tokens"),
            "models": rows,
        }));
    } else {
        output.list(
            &rows,
            &[
                "model",
                "requests",
                "refused",
                "errors",
                "input_tokens",
                "output_tokens",
            ],
        );
    }
    Ok(())
}

fn describe(key: &ApiKey, now_ms: i64) -> Value {
    let last = key.last_use.as_ref();
    json!({
        "id": key.id.as_str(),
        "account": key.account_id.as_str(),
        "name": key.name,
        "hint": key.hint,
        "environment": key.environment.as_str(),
        "status": api_key_status(key, now_ms),
        "models": key.restrictions.models,
        "endpoints": key.restrictions.endpoints,
        "networks": key.restrictions.networks,
        "created_at_ms": key.created_at_ms,
        "expires_at_ms": key.expires_at_ms,
        "revoked_at_ms": key.revoked_at_ms,
        "anomaly_action": key.anomaly_action.as_str(),
        "shows_cost": key.shows_cost,
        "caches_prompts": key.caches_prompts,
        "budgets": key.budgets,
        "quarantine": key.quarantine.as_ref().map(|quarantine| quarantine.state.as_str()),
        "quarantine_since_ms": key.quarantine.as_ref().map(|quarantine| quarantine.since_ms),
        "quarantine_kind": key.quarantine.as_ref().map(|quarantine| quarantine.kind.as_str()),
        "last_used_at_ms": last.map(|last| last.at_ms),
        "last_used_address": last.map(|last| last.address.as_str()),
        "last_used_agent": last.map(|last| last.agent.as_str()),
    })
}
