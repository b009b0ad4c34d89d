//! Rules of a virtual model: which of the real models takes a request. Pure: everything that a rule asks is an argument.

use llm::Needs;
use serde::{Deserialize, Serialize};

use super::candidate::RouteReason;

/// One rule of a virtual model. A request that meets all of its conditions goes to its model; without a condition all
/// requests do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteRule {
    /// The id of the model that takes the request.
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub model: String,
    /// Abilities one of which the request needs: `tools`, `vision`, `json_schema`. Left out: any request.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 3))]
    pub needs: Vec<String>,
    /// The least tokens of the prompt, estimated.
    #[serde(default)]
    pub input_tokens_min: Option<u64>,
    /// The most tokens of the prompt, estimated.
    #[serde(default)]
    pub input_tokens_max: Option<u64>,
    /// Ids of the tiers whose accounts it is for. Left out: all.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 40))]
    pub tiers: Vec<String>,
    /// The part of the sessions that it takes, in percent; of requests that name no session, the part of these.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 100))]
    pub percent: Option<u8>,
}

/// The facts of a request that rules ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct RuleFacts<'a> {
    pub needs: Needs,
    pub input_tokens: u64,
    /// The id of the account's tier.
    pub tier: &'a str,
    /// A number of the session, or of the request where it names none.
    pub spread: u64,
}

impl RouteRule {
    /// The reason for which the rule takes a request; `None` if it does not. `place` is that of the rule in its list.
    pub fn takes(&self, facts: &RuleFacts<'_>, place: usize) -> Option<RouteReason> {
        let meets_all = self.is_needed_by(facts.needs)
            && self
                .input_tokens_min
                .is_none_or(|min| facts.input_tokens >= min)
            && self
                .input_tokens_max
                .is_none_or(|max| facts.input_tokens <= max)
            && (self.tiers.is_empty() || self.tiers.iter().any(|tier| tier == facts.tier))
            && self
                .percent
                .is_none_or(|percent| part_of(facts.spread, place) < percent.into());
        meets_all.then(|| self.reason())
    }

    fn is_needed_by(&self, needs: Needs) -> bool {
        let is_one = |word: &String| match word.as_str() {
            "tools" => needs.tools,
            "vision" => needs.vision,
            "json_schema" => needs.json_schema,
            _ => false,
        };
        self.needs.is_empty() || self.needs.iter().any(is_one)
    }

    /// The condition that says most of why a request came by this rule.
    fn reason(&self) -> RouteReason {
        if !self.needs.is_empty() {
            RouteReason::RuleNeeds
        } else if self.input_tokens_min.is_some() || self.input_tokens_max.is_some() {
            RouteReason::RulePrompt
        } else if !self.tiers.is_empty() {
            RouteReason::RuleTier
        } else if self.percent.is_some() {
            RouteReason::RulePercent
        } else {
            RouteReason::RuleDefault
        }
    }
}

/// A number from 0 to 99 for a session: each rule draws its own part of them.
fn part_of(spread: u64, place: usize) -> u64 {
    super::mix(spread ^ super::mix(place as u64)) % 100
}

#[cfg(test)]
mod tests {
    use super::{RouteRule, RuleFacts};
    use crate::routing::RouteReason;

    fn rule(text: &str) -> RouteRule {
        toml::from_str(&format!("model = \"m\"\n{text}")).unwrap()
    }

    #[test]
    fn a_rule_takes_what_meets_all_of_its_conditions_and_says_which_counted() {
        let facts = RuleFacts {
            needs: llm::Needs {
                vision: true,
                ..llm::Needs::default()
            },
            input_tokens: 500,
            tier: "pro",
            spread: 1,
        };
        for (text, expected) in [
            ("", Some(RouteReason::RuleDefault)),
            (
                "needs = [\"tools\", \"vision\"]",
                Some(RouteReason::RuleNeeds),
            ),
            ("needs = [\"tools\"]", None),
            ("input_tokens_min = 500", Some(RouteReason::RulePrompt)),
            ("input_tokens_max = 499", None),
            ("tiers = [\"pro\"]", Some(RouteReason::RuleTier)),
            ("tiers = [\"free\"]", None),
            ("needs = [\"vision\"]\ninput_tokens_max = 499", None),
            ("percent = 100", Some(RouteReason::RulePercent)),
        ] {
            assert_eq!(rule(text).takes(&facts, 0), expected, "{text}");
        }
    }

    #[test]
    fn a_part_of_the_sessions_is_that_part_and_each_stays_with_its_rule() {
        let rule = rule("percent = 25");
        let takes = |spread: u64| {
            let facts = RuleFacts {
                spread,
                ..RuleFacts::default()
            };
            rule.takes(&facts, 3).is_some()
        };
        let taken = (0..10_000).filter(|spread| takes(*spread)).count();
        assert!((2_300..2_700).contains(&taken), "{taken}");
        assert!((0..100).all(|spread| takes(spread) == takes(spread)));
    }
}
