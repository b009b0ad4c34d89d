//! The plan of one request: who is left out, who comes first, who follows for fallback.

use llm::route_ask::AskedSort;

use super::breaker::BreakerState;
use super::candidate::{Candidate, Choice, RouteReason, Traits};
use super::outcome::Ejection;
use super::policy::{self, RoutingPolicy};
use super::pool::SlotStatus;
use super::wish::{self, Wish};
use crate::upstream::Need;

/// The bounds within which a plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Deployments of one plan.
    pub attempts_max: usize,
    /// The order within a group.
    pub order: RoutingPolicy,
}

/// Deployments in the order in which they are attempted.
#[derive(Debug, Default)]
pub struct Plan {
    choices: Vec<Choice>,
    /// The first ones, which are well; the others are for when all of these failed.
    well: usize,
}

/// The part that a deployment has in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Nothing speaks against it.
    Well,
    /// Failing, while half of the deployments are ejected already: asked where those that are well are full.
    Doubtful,
    /// Ejected, and the time for a probe has come.
    Probe,
    /// Its provider asked to be left alone for a while.
    Cooling,
    /// Its breaker is open.
    Ejected(Ejection),
    /// Its provider does not serve test keys.
    NotForTests,
    /// The deployment is reserved for accounts of other tiers.
    Reserved,
    /// A wish of the client leaves it out.
    NotAsked(Wish),
    /// The deployment is known not to meet a need of the request.
    Lacks(Need),
}

impl Part {
    /// The word in the management API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Doubtful => "doubtful",
            Self::Probe => "probe",
            Self::Cooling => "cooling",
            Self::Ejected(why) => why.as_str(),
            Self::NotForTests => "not_for_test_keys",
            Self::Reserved => "reserved",
            Self::NotAsked(_) => "not_asked",
            Self::Lacks(need) => need.as_str(),
        }
    }
}

/// Plans the attempts of a request. Those that are well come first: one that `seed` picks by weight, or that the session
/// was at, and behind it the others in their order. Then come those that are cooling, and those that are ejected. Of
/// an ejected one whose time has come, a probe is put before all.
pub fn plan(candidates: &[Candidate], traits: &Traits<'_>, policy: Policy, seed: u64) -> Plan {
    let parts = parts(candidates, traits);
    let having = |wanted: fn(Part) -> bool| -> Vec<&Candidate> {
        let both = candidates.iter().zip(&parts);
        both.filter(|(_, part)| wanted(**part))
            .map(|(candidate, _)| candidate)
            .collect()
    };
    let mut choices: Vec<Choice> = Vec::with_capacity(candidates.len());
    for mut order in [
        having(|part| part == Part::Well),
        having(|part| part == Part::Doubtful),
    ] {
        let reason = arrange(&mut order, traits, policy.order, seed);
        choices.extend(order.iter().map(|one| one.choice(reason)));
    }
    let mut well = choices.len();
    for rest in [
        having(|part| part == Part::Cooling),
        having(|part| matches!(part, Part::Ejected(_) | Part::Probe)),
    ] {
        choices.extend(
            rest.into_iter()
                .map(|one| one.choice(RouteReason::Fallback)),
        );
        if well == 0 {
            well = choices.len();
        }
    }
    if let Some(probe) = having(|part| part == Part::Probe).first()
        && choices.len() > 1
    {
        choices.retain(|choice| choice.slot != probe.slot);
        choices.insert(0, probe.choice(RouteReason::Probe));
        well += 1;
    }
    let is_single = traits.ask.is_some_and(|ask| !ask.allows_fallbacks);
    let choices_max = if is_single {
        1
    } else {
        within(&choices, policy.attempts_max)
    };
    choices.truncate(choices_max);
    Plan {
        well: well.min(choices.len()),
        choices,
    }
}

/// The number of choices until one would be of one deployment too many.
fn within(choices: &[Choice], deployments_max: usize) -> usize {
    let is_new = |index: usize| {
        let id = &choices[index].deployment.id;
        choices[..index].iter().all(|one| one.deployment.id != *id)
    };
    let mut new = (0..choices.len()).filter(|index| is_new(*index));
    new.nth(deployments_max).unwrap_or(choices.len())
}

/// The order in which failing deployments stay ejected where not all may: those that cannot work until somebody mends
/// something, then those that succeeded least of late, then those whose time is over last.
fn hopelessness(status: &SlotStatus) -> (bool, u32, std::cmp::Reverse<i64>) {
    let may_work = !status.why.is_some_and(Ejection::is_certain);
    let longest = std::cmp::Reverse(status.open_for_ms);
    (may_work, status.success_permille, longest)
}

/// The part of each candidate. Never more than half of those that can serve are ejected: of more that failed, those that
/// are likeliest to work come behind those that are well.
pub fn parts(candidates: &[Candidate], traits: &Traits<'_>) -> Vec<Part> {
    let serves_key = |one: &Candidate| !traits.is_test || one.deployment.provider.serves_test_keys;
    let is_for_key = |one: &Candidate| serves_key(one) && !one.is_reserved(traits);
    let wish_against = |one: &Candidate| wish::against(one, candidates, traits);
    let is_wanted = |one: &Candidate| is_for_key(one) && wish_against(one).is_none();
    // What is not certain leaves one out only where another has no such want.
    let is_strict = traits.is_strict
        || candidates
            .iter()
            .any(|one| is_wanted(one) && one.lacking(traits, true).is_none());
    let can_serve = |one: &Candidate| is_wanted(one) && one.lacking(traits, is_strict).is_none();
    let is_out = |one: &&Candidate| can_serve(one) && one.status.breaker != BreakerState::Closed;
    let mut out: Vec<&Candidate> = candidates.iter().filter(is_out).collect();
    let ejected_max = candidates.iter().filter(|one| can_serve(one)).count() / 2;
    out.sort_by_key(|one| hopelessness(&one.status));
    out.truncate(ejected_max);
    let part = |one: &Candidate| {
        if !serves_key(one) {
            Part::NotForTests
        } else if one.is_reserved(traits) {
            Part::Reserved
        } else if let Some(wish) = wish_against(one) {
            Part::NotAsked(wish)
        } else if let Some(need) = one.lacking(traits, is_strict) {
            Part::Lacks(need)
        } else if out.iter().any(|other| other.slot == one.slot) {
            // Where we look ourselves, no client does.
            if one.status.is_probe_due && !one.deployment.provider.active_probes {
                Part::Probe
            } else {
                Part::Ejected(one.status.why.unwrap_or(Ejection::Failing))
            }
        } else if one.status.breaker != BreakerState::Closed {
            Part::Doubtful
        } else if one.status.cooling_for_ms > 0 {
            Part::Cooling
        } else {
            Part::Well
        }
    };
    candidates.iter().map(part).collect()
}

/// Puts the candidates in their order: by group, by the policy within a group, and before all by what the client asks.
/// Says by what the first was chosen.
fn arrange(
    order: &mut [&Candidate],
    traits: &Traits<'_>,
    policy: RoutingPolicy,
    seed: u64,
) -> RouteReason {
    if order.len() < 2 {
        return RouteReason::Only;
    }
    let asked_policy = traits.ask.and_then(|ask| ask.sort).map(|sort| match sort {
        AskedSort::Price => RoutingPolicy::LowestCost,
        AskedSort::Latency | AskedSort::Throughput => RoutingPolicy::LowestLatency,
    });
    order.sort_by_key(|one| one.deployment.group);
    let mut reason = None;
    for group in order.chunk_by_mut(|one, next| one.deployment.group == next.deployment.group) {
        let of_group = policy::arrange(group, asked_policy.unwrap_or(policy), traits, seed);
        let of_group = if group.len() == 1 {
            RouteReason::Group
        } else {
            of_group
        };
        reason.get_or_insert(of_group);
    }
    let first = &order[0].deployment.id;
    if order.iter().all(|one| one.deployment.id == *first) {
        // Several credentials of one deployment.
        reason = Some(RouteReason::Only);
    }
    if let Some(ask) = traits.ask.filter(|ask| !ask.order.is_empty()) {
        let place = |one: &Candidate| ask.order.iter().position(|name| one.is_named(name));
        order.sort_by_key(|one| place(one).unwrap_or(usize::MAX));
        return RouteReason::Asked;
    }
    reason.unwrap_or(RouteReason::Only)
}

impl Plan {
    /// Says that no deployment can serve the request.
    pub fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// The deployments, in their order.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The choices of the next attempt: those that are well while there are any.
    pub fn next(&self) -> &[Choice] {
        let well = if self.well > 0 {
            self.well
        } else {
            self.choices.len()
        };
        &self.choices[..well]
    }

    /// Takes out the deployment that is attempted now, and says why it was chosen.
    pub fn take(&mut self, slot: usize, is_first: bool) -> Option<(Choice, RouteReason)> {
        let at = self.choices.iter().position(|choice| choice.slot == slot)?;
        let choice = self.choices.remove(at);
        let before = self.choices.iter().take(at);
        let reason = match before
            .filter(|one| one.reason != RouteReason::Probe)
            .count()
        {
            _ if !is_first => RouteReason::Fallback,
            0 => choice.reason,
            _ => RouteReason::Capacity,
        };
        self.well = self.well.saturating_sub(usize::from(at < self.well));
        Some((choice, reason))
    }

    /// Puts the other credentials of a deployment behind what else is well: it failed, by whichever.
    pub fn put_behind(&mut self, deployment: &str) {
        let well = self.well.min(self.choices.len());
        self.choices[..well].sort_by_key(|one| *one.deployment.id == *deployment);
    }

    /// Puts a deployment back that was only full.
    pub fn put_back(&mut self, choice: Choice) {
        self.choices.insert(0, choice);
        self.well += 1;
    }
}
