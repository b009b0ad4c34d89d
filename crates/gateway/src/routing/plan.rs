//! The plan of one request: who is left out, who comes first, who follows for fallback.

use std::sync::Arc;

use super::breaker::BreakerState;
use super::outcome::Ejection;
use super::pool::SlotStatus;
use crate::upstream::Deployment;

/// A deployment that a request may be sent to, with how it stands.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub deployment: Arc<Deployment>,
    /// Its slot in the pool.
    pub slot: usize,
    pub status: SlotStatus,
}

/// A request's needs of the deployments that may serve it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traits {
    /// True for a request with a test key, which only providers for test keys serve.
    pub is_test: bool,
    /// The session that the request belongs to, as a number: it stays at one deployment, whose prompt cache knows it.
    pub session: Option<u64>,
}

/// The bounds within which a plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Deployments of one plan.
    pub attempts_max: usize,
}

/// The reason why a deployment was chosen: the closed list behind `x-yunxin-route-reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteReason {
    /// There is no other.
    Only,
    /// By the weights.
    Weight,
    /// The session was there before.
    Session,
    /// One request looks whether an ejected deployment is well again.
    Probe,
    /// Those before it were full.
    Capacity,
    /// Those before it failed.
    Fallback,
}

impl RouteReason {
    /// The word in the header and in the documentation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Only => "only",
            Self::Weight => "weight",
            Self::Session => "session",
            Self::Probe => "probe",
            Self::Capacity => "capacity",
            Self::Fallback => "fallback",
        }
    }
}

/// One deployment of a plan.
#[derive(Debug, Clone)]
pub struct Choice {
    pub deployment: Arc<Deployment>,
    pub slot: usize,
    /// The reason if it is the first that is attempted.
    pub reason: RouteReason,
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
    /// It is well.
    Well,
    /// It is ejected, and the time for a probe has come.
    Probe,
    /// Its provider asked to be left alone for a while.
    Cooling,
    /// Its breaker is open.
    Ejected(Ejection),
    /// It does not serve test keys.
    NotForTests,
}

impl Part {
    /// The word in the management API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Probe => "probe",
            Self::Cooling => "cooling",
            Self::Ejected(why) => why.as_str(),
            Self::NotForTests => "not_for_test_keys",
        }
    }
}

/// Plans the attempts of a request. Those that are well come first: one that `seed` picks by weight, or that the session
/// was at, and behind it the others in their order. Then come those that are cooling, and those that are ejected. Of
/// an ejected one whose time has come, a probe is put before all.
pub fn plan(candidates: &[Candidate], traits: Traits, policy: Policy, seed: u64) -> Plan {
    let parts = parts(candidates, traits);
    let having = |wanted: fn(Part) -> bool| -> Vec<&Candidate> {
        let both = candidates.iter().zip(&parts);
        both.filter(|(_, part)| wanted(**part))
            .map(|(candidate, _)| candidate)
            .collect()
    };
    let mut order = having(|part| part == Part::Well);
    let reason = arrange(&mut order, traits, seed);
    let mut choices: Vec<Choice> = order.iter().map(|one| one.choice(reason)).collect();
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
    choices.truncate(policy.attempts_max);
    Plan {
        well: well.min(choices.len()),
        choices,
    }
}

/// The part of each candidate. Never more than half of those that can serve are ejected: of more that failed, those
/// that have been out for longest are tried again.
pub fn parts(candidates: &[Candidate], traits: Traits) -> Vec<Part> {
    let can_serve = |one: &Candidate| !traits.is_test || one.deployment.provider.serves_test_keys;
    let is_out = |one: &&Candidate| can_serve(one) && one.status.breaker != BreakerState::Closed;
    let mut out: Vec<&Candidate> = candidates.iter().filter(is_out).collect();
    let ejected_max = candidates.iter().filter(|one| can_serve(one)).count() / 2;
    out.sort_by_key(|one| std::cmp::Reverse(one.status.open_for_ms));
    out.truncate(ejected_max);
    let part = |one: &Candidate| {
        if !can_serve(one) {
            Part::NotForTests
        } else if out.iter().any(|other| other.slot == one.slot) {
            if one.status.is_probe_due {
                Part::Probe
            } else {
                Part::Ejected(one.status.why.unwrap_or(Ejection::Failing))
            }
        } else if one.status.cooling_for_ms > 0 {
            Part::Cooling
        } else {
            Part::Well
        }
    };
    candidates.iter().map(part).collect()
}

/// Puts the candidates in the order of the policy, and says by what the first was chosen.
fn arrange(order: &mut [&Candidate], traits: Traits, seed: u64) -> RouteReason {
    let (first, reason) = match traits.session {
        _ if order.len() < 2 => (0, RouteReason::Only),
        Some(session) => (pick_for_session(order, session), RouteReason::Session),
        None => (pick_weighted(order, seed), RouteReason::Weight),
    };
    order.rotate_left(first);
    reason
}

/// The index of the candidate in whose share of the weights `seed` falls. Weights are bounded by
/// [`WEIGHT_MAX`](crate::catalog::WEIGHT_MAX), so that their sum fits.
fn pick_weighted(candidates: &[&Candidate], seed: u64) -> usize {
    let total: u64 = candidates.iter().map(|one| one.deployment.weight).sum();
    if total == 0 {
        return 0;
    }
    let mut place = seed % total;
    for (index, one) in candidates.iter().enumerate() {
        if place < one.deployment.weight {
            return index;
        }
        place -= one.deployment.weight;
    }
    0
}

/// The index of the candidate that a session belongs to: each gets its share of the sessions, and when one falls out,
/// only its own sessions move (rendezvous hashing).
fn pick_for_session(candidates: &[&Candidate], session: u64) -> usize {
    let score = |one: &Candidate| {
        let mixed = super::mix(session ^ super::hash(one.deployment.id.as_bytes()));
        #[expect(clippy::cast_precision_loss, reason = "a number between 0 and 1")]
        let unit = ((mixed >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        #[expect(clippy::cast_precision_loss, reason = "weights are small")]
        let weight = one.deployment.weight as f64;
        weight / -unit.ln()
    };
    let scores = candidates.iter().map(|one| score(one)).enumerate();
    let best = scores.max_by(|one, other| one.1.total_cmp(&other.1));
    best.map_or(0, |(index, _)| index)
}

impl Candidate {
    fn choice(&self, reason: RouteReason) -> Choice {
        Choice {
            deployment: Arc::clone(&self.deployment),
            slot: self.slot,
            reason,
        }
    }
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

    /// Puts a deployment back that was only full.
    pub fn put_back(&mut self, choice: Choice) {
        self.choices.insert(0, choice);
        self.well += 1;
    }
}
