//! The few facts of a request body that the gateway acts on, with their places in the text.

use crate::json::ValueSpan;
use crate::usage::Units;

/// The summary of a request: what the gateway reads; everything else of the body passes unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestSummary {
    /// The model that the client asks for.
    pub model: String,
    /// True if the client wants a stream.
    pub is_streamed: bool,
    /// True if the client wants the usage of a stream, in a language where that has to be said.
    pub includes_usage: bool,
    /// Input tokens, estimated from the length of the text.
    pub input_tokens_estimate: u64,
    /// The client's bound on the output tokens of one choice.
    pub output_tokens_max: Option<u64>,
    /// The number of choices that the client asks for, or has generated to choose among, for all prompts together.
    pub choices: u64,
    /// True if the operation produces output tokens at all.
    pub has_output: bool,
    /// The amounts that are no tokens, as the request says them.
    pub units: Units,
    /// True if the response is no JSON: its bytes pass unread.
    pub has_bytes_response: bool,
    /// The abilities that the request needs of a model.
    pub needs: Needs,
    /// True if no outermost member is one that [`route_ask`](crate::route_ask) reads: there is nothing to take out.
    pub asks_no_routing: bool,
    /// The spans where the body is edited if it passes.
    pub spans: RequestSpans,
}

/// Bytes of text per token, as far as an estimate knows.
pub(crate) const BYTES_PER_TOKEN: u64 = 4;

impl RequestSummary {
    /// The most input tokens that the text can be: no tokenizer makes more tokens than there are bytes.
    pub fn input_tokens_max(&self) -> u64 {
        self.input_tokens_estimate.saturating_mul(BYTES_PER_TOKEN)
    }
}

/// Abilities of a model that a request may need.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Calling the client's functions.
    pub tools: bool,
    /// Pictures in the prompt.
    pub vision: bool,
    /// A response in the form of a schema.
    pub json_schema: bool,
}

impl Needs {
    /// The needs of words with commas between them: `tools`, `vision`, `json_schema`; `None` if one is none of these.
    pub fn of_words(words: &str) -> Option<Self> {
        let mut needs = Self::default();
        for word in words
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
        {
            match word {
                "tools" => needs.tools = true,
                "vision" => needs.vision = true,
                "json_schema" => needs.json_schema = true,
                _ => return None,
            }
        }
        Some(needs)
    }
}

/// The spans where the body of a request is edited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestSpans {
    /// The span of the model's name, quotes included, which it has in JSON alone.
    pub model: ValueSpan,
    /// True if the body is a form of parts.
    pub is_form: bool,
    /// The span of the value of `stream_options`, if the client sent it.
    pub stream_options: Option<ValueSpan>,
    /// The span of the value of `max_completion_tokens`, if the client sent it.
    pub max_completion_tokens: Option<ValueSpan>,
    /// True if the client sent `max_tokens`.
    pub has_max_tokens: bool,
    /// The span of the bound on the documents of a ranking, if the client sent one.
    pub ranked_max: Option<ValueSpan>,
    /// The way in which a ranking is written.
    pub rank_dialect: RankDialect,
    /// Offset of the brace that closes the body.
    pub end: usize,
}

/// The two ways in which rankings are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RankDialect {
    /// `top_n` and `results`: Cohere's, Jina's, and most others'.
    #[default]
    TopN,
    /// `top_k` and `data`: Voyage's.
    TopK,
}

impl RankDialect {
    /// The bound on the documents that are returned.
    pub(crate) fn max_member(self) -> &'static str {
        match self {
            Self::TopN => "top_n",
            Self::TopK => "top_k",
        }
    }

    /// The list of a response.
    pub(crate) fn list_member(self) -> &'static str {
        match self {
            Self::TopN => "results",
            Self::TopK => "data",
        }
    }
}
