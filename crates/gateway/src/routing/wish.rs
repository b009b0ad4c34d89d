//! The wishes of a client that leave deployments out.

use llm::route_ask::RouteAsk;

use super::candidate::{Candidate, Traits};

/// A wish that leaves a deployment out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The client's list of those that may be used.
    Only,
    /// The client's list of those that may not.
    Ignore,
    /// The client's order, with no fallback allowed.
    Order,
    /// The model costs more than the client pays.
    MaxPrice,
    /// A member of `provider` that only a provider which routes by that object itself can keep.
    ForRouter(&'static str),
}

impl Wish {
    /// The parameter that says it.
    pub fn param(self) -> &'static str {
        match self {
            Self::Only => "provider.only",
            Self::Ignore => "provider.ignore",
            Self::Order => "provider.order",
            Self::MaxPrice => "provider.max_price",
            Self::ForRouter(param) => param,
        }
    }
}

/// The wish that leaves out one of these candidates, if any does.
pub(super) fn against(
    one: &Candidate,
    candidates: &[Candidate],
    traits: &Traits<'_>,
) -> Option<Wish> {
    if traits.is_too_dear {
        return Some(Wish::MaxPrice);
    }
    let ask = traits.ask?;
    let is_router = one.deployment.provider.takes_provider_object;
    let is_in = |names: &[String]| names.iter().any(|name| one.is_named(name));
    // A name of no deployment is one of the router's own providers.
    let is_meant = |names: &[String]| {
        let is_known = |name: &String| candidates.iter().any(|one| one.is_named(name));
        is_in(names) || (is_router && !names.iter().all(is_known))
    };
    if !ask.only.is_empty() && !is_meant(&ask.only) {
        return Some(Wish::Only);
    }
    if is_in(&ask.ignore) {
        return Some(Wish::Ignore);
    }
    if !ask.allows_fallbacks && !ask.order.is_empty() && !is_meant(&ask.order) {
        return Some(Wish::Order);
    }
    for_router(ask).filter(|_| !is_router).map(Wish::ForRouter)
}

fn for_router(ask: &RouteAsk) -> Option<&'static str> {
    let first = ask.for_router.first().copied();
    first.or_else(|| ask.unknown.as_ref().map(|_| "provider"))
}
