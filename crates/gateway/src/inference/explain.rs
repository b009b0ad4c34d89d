//! The plan that a request would get, for people: who is in it, who is out, and why.

use std::sync::Arc;

use crate::catalog::Model;
use crate::routing::{self, Candidate, Part, Policy, RouteReason, RuleFacts, Traits};

/// One deployment as a plan sees it.
#[derive(Debug)]
pub struct ExplainedCandidate {
    pub candidate: Candidate,
    pub part: Part,
    /// Its place in the order, from 0; `None` if it is out, or behind the last attempt.
    pub place: Option<usize>,
    /// The reason if it is the first.
    pub reason: Option<RouteReason>,
}

/// The model that would serve a request for a model, and the reason if a rule names it: a virtual model leads to one
/// that `may_use` lets it use. It is itself where no rule takes the request.
pub fn lead(
    model: &Arc<Model>,
    traits: &Traits<'_>,
    may_use: impl Fn(&Model) -> bool,
) -> (Arc<Model>, Option<RouteReason>) {
    let facts = RuleFacts {
        needs: traits.needs,
        input_tokens: traits.input_tokens,
        tier: traits.tier.map_or("", |(tier, _)| tier),
        spread: traits
            .session
            .unwrap_or_else(|| routing::mix(model.round_robin.round())),
    };
    match model.route(&facts, may_use) {
        Some((found, reason)) => (Arc::clone(found), Some(reason)),
        None => (Arc::clone(model), None),
    }
}

/// The plan of the next request for a model, with so many attempts at most. Nothing is counted.
pub fn explain(model: &Model, traits: &Traits<'_>, attempts_max: usize) -> Vec<ExplainedCandidate> {
    let candidates = model.candidates(traits.input_tokens, |_| true);
    let parts = routing::parts(&candidates, traits);
    let policy = Policy {
        attempts_max,
        order: model.spec.routing_policy,
    };
    let plan = routing::plan(&candidates, traits, policy, model.round_robin.round());
    let explained = candidates.into_iter().zip(parts).map(|(candidate, part)| {
        let mut choices = plan.choices().iter();
        let place = choices.position(|choice| choice.slot == candidate.slot);
        let first = plan.choices().first().filter(|_| place == Some(0));
        ExplainedCandidate {
            candidate,
            part,
            place,
            reason: first.map(|choice| choice.reason),
        }
    });
    explained.collect()
}
