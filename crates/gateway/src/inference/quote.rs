//! The estimate at admission: what a request may need at most, in tokens and in money.

use llm::{Operation, RequestSummary};

use crate::auth::ApiKeyCaller;
use crate::catalog::{Model, UsageMax, quote};
use crate::state::Gateway;

/// Tokens of the largest picture that is known, where the model says no bound.
const TOKENS_PER_IMAGE: u64 = 6_240;

/// The most that the request may cost its account, in nano-dollars; zero where nothing is charged.
pub(super) fn quote_of(
    app: &Gateway,
    caller: &ApiKeyCaller,
    operation: &Operation,
    (model, summary): (&Model, &RequestSummary),
) -> u64 {
    // Test keys cost nothing.
    let Some(list) = model.prices().filter(|_| !caller.key.is_test()) else {
        return 0;
    };
    let units = &summary.units;
    let of_images = model.spec.max_output_tokens.unwrap_or(TOKENS_PER_IMAGE);
    let of_images = units.images.saturating_mul(of_images);
    let most = UsageMax {
        meters: operation.meters,
        input_tokens: summary.input_tokens_max(),
        output_tokens: output_needed(app, model, summary).saturating_add(of_images),
        images: units.images,
        seconds: units.seconds,
        characters: units.characters,
        searches: units.searches,
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
