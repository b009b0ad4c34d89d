//! Settings of a request: how a model is to generate. Numbers are kept as they were written.

use crate::json::Value;

/// The settings of sampling. `None`: not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sampling {
    pub temperature: Option<Value>,
    pub top_p: Option<Value>,
    pub top_k: Option<Value>,
    pub frequency_penalty: Option<Value>,
    pub presence_penalty: Option<Value>,
    pub seed: Option<Value>,
    pub stop: Vec<String>,
    /// The number of choices, where it is more than one.
    pub choices: Option<u64>,
    pub logprobs: Option<Value>,
    pub logit_bias: Option<Value>,
}

/// The form of what is generated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OutputFormat {
    #[default]
    Text,
    /// Any JSON object.
    Json,
    /// JSON after a schema.
    Schema {
        name: Option<String>,
        description: Option<String>,
        schema: Value,
        strict: Option<bool>,
    },
}

/// The wish for reasoning. `None` of a field: not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasoning {
    /// `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`.
    pub effort: Option<String>,
    /// The most tokens to reason with.
    pub budget: Option<u64>,
    /// True where the model chooses by itself how much it reasons.
    pub is_adaptive: bool,
    /// The form of the summary: `auto`, `concise`, `detailed`; of Anthropic, the `display`.
    pub summary: Option<String>,
}

/// The budgets that stand for efforts, and the other way round: one table for all languages.
const EFFORTS: [(&str, u64); 6] = [
    ("minimal", 1_024),
    ("low", 2_048),
    ("medium", 8_192),
    ("high", 16_384),
    ("xhigh", 32_768),
    ("max", 65_536),
];

impl Reasoning {
    /// True if no reasoning is wanted.
    pub fn is_off(&self) -> bool {
        self.effort.as_deref() == Some("none") || self.budget == Some(0)
    }

    /// The effort: the one that is said, or the lowest whose budget is not less than the one that is said.
    pub fn effort(&self) -> Option<&str> {
        if let Some(effort) = &self.effort {
            return Some(effort);
        }
        let budget = self.budget?;
        if budget == 0 {
            return Some("none");
        }
        let enough = EFFORTS.iter().find(|(_, tokens)| *tokens >= budget);
        Some(enough.map_or("max", |(effort, _)| effort))
    }

    /// The budget: the one that is said, or that of the effort; `None` if neither is known.
    pub fn budget(&self) -> Option<u64> {
        if self.is_off() {
            return Some(0);
        }
        let of_effort = || {
            let effort = self.effort.as_deref()?;
            let known = EFFORTS.iter().find(|(name, _)| *name == effort);
            known.map(|(_, tokens)| *tokens)
        };
        self.budget.or_else(of_effort)
    }
}

/// The facts of a deployment that a request is written for.
#[derive(Debug, Clone, Copy)]
pub struct WriteOptions<'a> {
    /// The name by which the upstream knows the model.
    pub upstream_model: &'a str,
    /// The most output tokens of the model, where that is known.
    pub output_tokens_max: Option<u64>,
    /// True if the usage of a stream is to be asked for.
    pub asks_usage: bool,
    pub quirks: Quirks,
}

/// The habits of a provider within its language, with one of its models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quirks {
    /// The parameter of OpenAI's language that bounds the output.
    pub output_limit: &'static str,
    /// The form in which thoughts go back with the turns that they led to.
    pub thoughts_back: ThoughtsBack,
    /// True if the model refuses the settings of sampling but for their defaults.
    pub refuses_sampling: bool,
}

/// The forms in which thoughts go back to a provider of OpenAI's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThoughtsBack {
    /// Not at all.
    Never,
    /// As text, in `reasoning_content`.
    Text,
    /// As `reasoning_details`, with their proofs: the provider hands them to the maker.
    Details,
}

impl Quirks {
    /// A provider that does as its language says.
    pub const NONE: Self = Self {
        output_limit: "max_tokens",
        thoughts_back: ThoughtsBack::Never,
        refuses_sampling: false,
    };
}
