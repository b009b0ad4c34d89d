//! Models that may stand in for the one that was asked: those that the client lists, or else those of the catalogue.

use std::collections::VecDeque;

use bytes::Bytes;
use llm::Meter;
use llm::json::splice;
use llm::{RequestSummary, route_ask};

use super::Admitted;
use super::admit::{self, Admission};
use super::rights;
use super::virtual_model;
use crate::catalog::{Model, Price};
use crate::state::Gateway;

/// Models that are asked besides the first.
const OTHERS_MAX: usize = 8;

/// A request for another model.
pub(super) struct OtherModel {
    pub(super) admission: Admission,
    pub(super) body: Bytes,
}

/// The names of the models that may stand in, in their order.
pub(super) fn names(admitted: &Admitted) -> VecDeque<String> {
    let Admitted { admission, ask, .. } = admitted;
    let asked = ask.as_ref().map(|ask| &ask.models[..]).unwrap_or_default();
    let others = if asked.is_empty() {
        &admission.model.spec.fallbacks
    } else {
        asked
    };
    let is_other = |name: &&String| **name != admission.summary.model;
    others
        .iter()
        .filter(is_other)
        .take(OTHERS_MAX)
        .cloned()
        .collect()
}

/// The request for the next of those models that the caller may ask and that is within the client's bounds.
pub(super) fn take(
    app: &Gateway,
    names: &mut VecDeque<String>,
    admitted: &Admitted,
) -> Option<OtherModel> {
    while let Some(name) = names.pop_front() {
        if let Some(found) = other(app, &name, admitted) {
            return Some(found);
        }
    }
    None
}

fn other(app: &Gateway, name: &str, admitted: &Admitted) -> Option<OtherModel> {
    let Admitted {
        caller,
        surface,
        body,
        ..
    } = admitted;
    let found = app.catalog.load().model(name).cloned()?;
    // What the request needs is the same, whatever the model.
    let asked = RequestSummary {
        model: name.to_owned(),
        ..admitted.admission.summary.clone()
    };
    let session = admitted.hints.session_or(admitted.ask.as_deref());
    let resolved = virtual_model::resolve(&found, caller, surface.operation, (&asked, session));
    let (model, rule) = resolved.ok()?;
    rights::check_model(caller, surface.operation, &model, name).ok()?;
    if !is_within_price(&model, admitted) {
        return None;
    }
    let (body, summary) = if admitted.admission.summary.spans.model.is_empty() {
        // The model stands in the path.
        let summary = RequestSummary {
            model: name.to_owned(),
            ..admitted.admission.summary.clone()
        };
        ((**body).clone(), summary)
    } else {
        let spans = &admitted.admission.summary.spans;
        let body = if spans.is_form {
            splice(body, &[(spans.model.clone(), name.to_owned())])
        } else {
            route_ask::with_model(body, name).ok()?
        };
        let summary = surface.client.scan(surface.operation, &body).ok()?;
        (body, summary)
    };
    admit::check_token(caller, &model, &summary).ok()?;
    Some(OtherModel {
        admission: Admission {
            summary,
            model,
            rule,
        },
        body,
    })
}

/// Says that a model costs the account no more than the client pays.
pub(super) fn is_within_price(model: &Model, admitted: &Admitted) -> bool {
    let Admitted { ask, caller, .. } = admitted;
    // Test keys cost nothing.
    let Some(ask) = ask.as_ref().filter(|_| !caller.key.is_test()) else {
        return true;
    };
    let most = ask.max_price;
    let bounds = [
        (Meter::UncachedInput, most.input),
        (Meter::Output, most.output),
        (Meter::Requests, most.request),
        (Meter::Images, most.image),
    ];
    let factor = caller.tier.price_factor_percent;
    bounds.into_iter().all(|(meter, most)| {
        most.is_none_or(|most| dollars(model.spec.price(meter), factor) <= most)
    })
}

/// A price in dollars, with the factor of a tier in percent.
fn dollars(price: Price, factor: u64) -> f64 {
    const NANOS_PERCENT_PER_DOLLAR: f64 = 1e11;
    #[expect(
        clippy::cast_precision_loss,
        reason = "compared with a bound that a person wrote"
    )]
    let nanos_percent = (u128::from(price.nanos) * u128::from(factor)) as f64;
    nanos_percent / NANOS_PERCENT_PER_DOLLAR
}
