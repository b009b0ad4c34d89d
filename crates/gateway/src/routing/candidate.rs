//! Deployments that a request may be sent to, what the request asks of them, and why one is chosen.

use std::sync::Arc;

use llm::Needs;
use llm::route_ask::RouteAsk;

use super::pool::SlotStatus;
use crate::upstream::{Deployment, Need};

/// A deployment that a request may be sent to, with how it stands.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub deployment: Arc<Deployment>,
    /// Its slot in the pool.
    pub slot: usize,
    pub status: SlotStatus,
}

/// A request's needs of the deployments that may serve it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Traits<'a> {
    /// True for a request with a test key, which only providers for test keys serve.
    pub is_test: bool,
    /// The tier of the account, and the time in milliseconds since 1970; `None`: reservations are not looked at.
    pub tier: Option<(&'a str, i64)>,
    /// Tokens of the prompt and of the response, estimated.
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// The abilities that it needs of a model.
    pub needs: Needs,
    /// True if a deployment that may lack one of them is left out, also where that is not certain.
    pub is_strict: bool,
    /// The wishes of the client.
    pub ask: Option<&'a RouteAsk>,
    /// True if the model costs more than the client pays.
    pub is_too_dear: bool,
    /// The session that the request belongs to, as a number: it stays at one deployment, whose prompt cache knows it.
    pub session: Option<u64>,
    /// The begin of the prompt, as a number, where it names no session and the model's prompts stay by it.
    pub prefix: Option<u64>,
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
    /// A prompt with the same begin was there before.
    Prefix,
    /// Its group comes first.
    Group,
    /// The fewest running requests for its weight.
    LeastInFlight,
    /// Its first token comes earliest.
    LowestLatency,
    /// The lowest cost.
    LowestCost,
    /// The client asked for it.
    Asked,
    /// One request looks whether an ejected deployment is well again.
    Probe,
    /// Those before it were full.
    Capacity,
    /// Those before it failed.
    Fallback,
    /// By a rule of a virtual model that asks what the request needs.
    RuleNeeds,
    /// By a rule that asks the length of the prompt.
    RulePrompt,
    /// By a rule for the tier of the account.
    RuleTier,
    /// By a rule for a part of the sessions.
    RulePercent,
    /// By a rule without a condition.
    RuleDefault,
}

impl RouteReason {
    /// The reason of a request that a rule sent to the model: the rule's, unless the deployment is no first choice.
    pub fn by_rule(self, rule: Option<Self>) -> Self {
        match self {
            Self::Probe | Self::Capacity | Self::Fallback | Self::Asked => self,
            _ => rule.unwrap_or(self),
        }
    }

    /// The word in the header and in the documentation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Only => "only",
            Self::Weight => "weight",
            Self::Session => "session",
            Self::Prefix => "prompt_prefix",
            Self::Group => "group",
            Self::LeastInFlight => "least_in_flight",
            Self::LowestLatency => "lowest_latency",
            Self::LowestCost => "lowest_cost",
            Self::Asked => "asked",
            Self::Probe => "probe",
            Self::Capacity => "capacity",
            Self::Fallback => "fallback",
            Self::RuleNeeds => "rule_needs",
            Self::RulePrompt => "rule_prompt",
            Self::RuleTier => "rule_tier",
            Self::RulePercent => "rule_percent",
            Self::RuleDefault => "rule_default",
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

impl Candidate {
    /// True for the name of the provider or the id of the deployment.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let deployment = &self.deployment;
        deployment.provider.name.eq_ignore_ascii_case(name) || &*deployment.id == name
    }

    /// Says that it is reserved for accounts of other tiers.
    pub(super) fn is_reserved(&self, traits: &Traits<'_>) -> bool {
        let lets = |(tier, now_ms)| self.deployment.reservation.lets(tier, now_ms);
        !traits.tier.is_none_or(lets)
    }

    /// The need of the request that it is known not to meet.
    pub(super) fn lacking(&self, traits: &Traits<'_>, is_strict: bool) -> Option<Need> {
        let abilities = &self.deployment.abilities;
        abilities.lacking(traits.needs, traits.input_tokens, is_strict)
    }

    pub(super) fn choice(&self, reason: RouteReason) -> Choice {
        Choice {
            deployment: Arc::clone(&self.deployment),
            slot: self.slot,
            reason,
        }
    }
}
