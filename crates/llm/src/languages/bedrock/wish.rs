//! The wish for reasoning, which every maker of models there has in a form of its own, and the bound on the output that
//! goes with it.

use super::NAME;
use crate::chat::{Losses, Reasoning, Request, WriteOptions};
use crate::json::Object;
use crate::languages::anthropic;

/// The makers whose models take more than the language says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    Anthropic,
    Amazon,
    OpenAi,
    Other,
}

impl Maker {
    /// The maker of the model of that name, or of the profile that is named after it: `us.anthropic.claude-…`.
    pub(super) fn of(model: &str) -> Self {
        let known = [
            ("anthropic.", Self::Anthropic),
            ("amazon.nova", Self::Amazon),
            ("openai.", Self::OpenAi),
        ];
        let found = known.iter().find(|(name, _)| model.contains(name));
        found.map_or(Self::Other, |(_, maker)| *maker)
    }
}

/// The wish as it is written.
#[derive(Debug, Default)]
pub(super) struct Thought {
    /// The members that only the maker's models know.
    pub(super) more: Object,
    /// The model thinks, and samples in its own way.
    pub(super) is_thinking: bool,
    /// The bound on the output.
    pub(super) output_max: Option<u64>,
}

/// The bound on the output where a budget needs one and nobody gave it.
const OUTPUT_TOKENS_MAX: u64 = 8_192;

/// Writes the wish.
pub(super) fn write(
    request: &Request,
    options: &WriteOptions<'_>,
    maker: Maker,
    losses: &mut Losses,
) -> Thought {
    let mut thought = Thought {
        output_max: request.output_tokens_max,
        ..Thought::default()
    };
    let Some(wish) = request.reasoning.as_ref().filter(|wish| !wish.is_off()) else {
        return thought;
    };
    match maker {
        Maker::Anthropic => {
            let output_max = request.output_tokens_max.or(options.output_tokens_max);
            let output_max = output_max.unwrap_or(OUTPUT_TOKENS_MAX);
            let origins = [NAME, "anthropic"];
            let thinking = anthropic::thinking(request, output_max, &origins, losses);
            if let Some(thinking) = thinking {
                thought.output_max = Some(output_max);
                thought.is_thinking = true;
                thought.more.add("thinking", thinking);
            }
        }
        Maker::Amazon => {
            let effort = of_three(wish);
            let config = Object::of_type("enabled").with("maxReasoningEffort", effort);
            thought.more.add("reasoningConfig", config);
            // Of the highest effort the model takes neither a temperature nor a bound.
            thought.is_thinking = effort == "high";
            if thought.is_thinking && thought.output_max.take().is_some() {
                losses.drop_if("max_tokens", true);
            }
        }
        Maker::OpenAi => thought.more.add("reasoning_effort", of_three(wish)),
        Maker::Other => losses.drop_if("reasoning_effort", true),
    }
    thought
}

/// The effort in three words.
fn of_three(wish: &Reasoning) -> &'static str {
    match wish.effort() {
        Some("minimal" | "low") => "low",
        Some("high" | "xhigh" | "max") => "high",
        _ => "medium",
    }
}
