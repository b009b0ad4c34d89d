//! The estimate at admission: what a request may need at most, in tokens and in money.

use llm::meter::MeterUnit;
use llm::{Operation, RequestSummary};

use crate::auth::ApiKeyCaller;
use crate::catalog::{Model, UsageMax, quote};
use crate::state::Gateway;

/// The most that the request may cost its account, in nano-dollars; zero where nothing is charged.
pub fn quote_of(
    app: &Gateway,
    caller: &ApiKeyCaller,
    operation: &Operation,
    (model, summary): (&Model, &RequestSummary),
) -> u64 {
    // Test keys cost nothing.
    let Some(list) = model.prices().filter(|_| !caller.key.is_test()) else {
        return 0;
    };
    let makes = |unit| operation.meters.iter().any(|meter| meter.unit() == unit);
    let input_tokens = summary.input_tokens_max();
    let most = UsageMax {
        meters: operation.meters,
        input_tokens,
        output_tokens: output_needed(app, model, summary),
        images: if makes(MeterUnit::Images) {
            summary.choices
        } else {
            0
        },
        // A character has at least one byte, and so has a token.
        characters: input_tokens,
    };
    quote(&most, list, caller.tier.price_factor_percent)
}

/// The tokens that the request may need, as far as can be told before it runs.
pub(super) fn tokens_needed(app: &Gateway, model: &Model, summary: &RequestSummary) -> u64 {
    let output = output_needed(app, model, summary);
    summary.input_tokens_estimate.saturating_add(output)
}

/// The tokens that all choices together may have: the client's bound, else the model's, else the one that is assumed.
fn output_needed(app: &Gateway, model: &Model, summary: &RequestSummary) -> u64 {
    if !summary.has_output {
        return 0;
    }
    let model_max = model.spec.max_output_tokens.unwrap_or(u64::MAX);
    let assumed = app.config.limits.output_tokens_assumed;
    summary
        .output_tokens_max
        .unwrap_or(assumed)
        .min(model_max)
        .saturating_mul(summary.choices)
}
