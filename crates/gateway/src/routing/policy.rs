//! The policies of a model: in which order the deployments of one group are tried that are all well.

use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, RouteReason, Traits};

/// One request in so many goes by weight under the policy of latency: what is not tried is not known.
const EXPLORED: u64 = 32;

/// The order of the deployments of one group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoutingPolicy {
    /// Shares of the requests by weight; sessions stay.
    #[default]
    Weights,
    /// The one with the fewest running requests for its weight.
    LeastInFlight,
    /// The one with the earliest first token.
    LowestLatency,
    /// The one that costs least.
    LowestCost,
}

/// Puts the candidates of one group in the order of a policy, and says by what the first was chosen.
pub(super) fn arrange(
    group: &mut [&Candidate],
    policy: RoutingPolicy,
    traits: &Traits<'_>,
    seed: u64,
) -> RouteReason {
    let is_explored = policy == RoutingPolicy::LowestLatency && seed.is_multiple_of(EXPLORED);
    let stays = [
        (traits.session, RouteReason::Session),
        (traits.prefix, RouteReason::Prefix),
    ];
    let mut stays = stays.into_iter();
    if policy == RoutingPolicy::Weights
        && let Some((key, reason)) = stays.find_map(|(key, reason)| Some((key?, reason)))
    {
        group.rotate_left(pick_for_session(group, key));
        return reason;
    }
    // Those that are alike keep this order.
    group.rotate_left(pick_weighted(group, seed));
    match policy {
        RoutingPolicy::LeastInFlight => {
            let loads = group.iter().map(|one| load(one, credentials(group, one)));
            let mut by_load: Vec<_> = loads.zip(group.iter().copied()).collect();
            by_load.sort_by_key(|(load, _)| *load);
            for (place, (_, one)) in group.iter_mut().zip(by_load) {
                *place = one;
            }
            RouteReason::LeastInFlight
        }
        RoutingPolicy::LowestLatency if !is_explored => {
            let best = group.iter().filter_map(|one| one.status.first_token_us);
            let best = best.fold(f64::INFINITY, f64::min);
            group.sort_by_key(|one| tenths_above(one.status.first_token_us, best));
            RouteReason::LowestLatency
        }
        RoutingPolicy::LowestCost => {
            group.sort_by_key(|one| cost(one, traits));
            RouteReason::LowestCost
        }
        RoutingPolicy::Weights | RoutingPolicy::LowestLatency => RouteReason::Weight,
    }
}

/// Credentials of a group by which one deployment is called: together they have its weight.
fn credentials(group: &[&Candidate], of: &Candidate) -> u64 {
    if of.deployment.provider.credential.is_none() {
        return 1;
    }
    let same = group
        .iter()
        .filter(|one| one.deployment.id == of.deployment.id);
    same.count() as u64
}

/// Requests for the weight, this one included; those of weight 0 come last.
fn load(one: &Candidate, credentials: u64) -> u64 {
    const SCALE: u64 = 1_000_000;
    let running = u64::from(one.status.running) + 1;
    (running * credentials * SCALE)
        .checked_div(one.deployment.weight)
        .unwrap_or(u64::MAX)
}

/// Tenths by which a time is above the best one: within one of them deployments are alike. What is not known is
/// tried.
fn tenths_above(us: Option<f64>, best: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a ratio of two times, and saturating"
    )]
    us.map_or(0, |us| (10.0 * (us - best) / best.max(1.0)) as u64)
}

/// The cost of the request; where no cost is known, the deployment comes behind those of which it is.
fn cost(one: &Candidate, traits: &Traits<'_>) -> u128 {
    let Some([input, output]) = one.deployment.costs else {
        return u128::MAX;
    };
    u128::from(input) * u128::from(traits.input_tokens)
        + u128::from(output) * u128::from(traits.output_tokens)
}

/// The index of the candidate in whose share of the weights `seed` falls; of one deployment with several credentials
/// each in its turn. Weights are bounded by [`WEIGHT_MAX`](crate::catalog::WEIGHT_MAX), so that their sum fits.
fn pick_weighted(candidates: &[&Candidate], seed: u64) -> usize {
    // The credentials of a deployment stand in a row, the first of which counts its weight.
    let is_first = |index: usize| {
        let id = |index: usize| &candidates[index].deployment.id;
        index == 0 || id(index) != id(index - 1)
    };
    let firsts = (0..candidates.len()).filter(|index| is_first(*index));
    let total: u64 = firsts
        .clone()
        .map(|index| candidates[index].deployment.weight)
        .sum();
    let mut place = seed.checked_rem(total).unwrap_or_default();
    for index in firsts {
        let one = candidates[index];
        if place < one.deployment.weight || total == 0 {
            let turns = credentials(candidates, one).max(1);
            let turn = seed.checked_div(total).unwrap_or(seed) % turns;
            return index + usize::try_from(turn).unwrap_or_default();
        }
        place -= one.deployment.weight;
    }
    0
}

/// The index of the candidate that a session belongs to: each gets its share of the sessions, and when one falls out,
/// only its own sessions move (rendezvous hashing).
fn pick_for_session(candidates: &[&Candidate], session: u64) -> usize {
    let score = |one: &Candidate| {
        let mixed = super::mix(session ^ super::hash(one.deployment.slot_key.as_bytes()));
        #[expect(clippy::cast_precision_loss, reason = "a number between 0 and 1")]
        let unit = ((mixed >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        #[expect(clippy::cast_precision_loss, reason = "weights are small")]
        let weight = one.deployment.weight as f64 / credentials(candidates, one) as f64;
        weight / -unit.ln()
    };
    let scores = candidates.iter().map(|one| score(one)).enumerate();
    let best = scores.max_by(|one, other| one.1.total_cmp(&other.1));
    best.map_or(0, |(index, _)| index)
}
