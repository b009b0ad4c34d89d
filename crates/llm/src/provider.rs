//! A provider: a company or server that we can call. A row of data, not a program.

mod address;
mod model_kind;
mod quirk;

use crate::chat::{Quirks, ThoughtsBack};
use crate::language::Language;
use crate::media::ByBytes;
use crate::summary::RankDialect;

pub use address::{Address, AddressError, Paths, Variable};
use model_kind::ModelKind;
pub use quirk::{OutputLimit, Quirk, Trait};

/// A kind of provider: what is known before an operator configures one.
#[derive(Debug)]
pub struct Provider {
    /// The name that operators write as `kind`.
    pub kind: &'static str,
    /// The name that people read.
    pub label: &'static str,
    /// The shelf on which people look for it.
    pub group: Group,
    /// The wire language.
    pub language: &'static Language,
    /// Further wire languages: a client that speaks one of them has its bytes passed on.
    pub further_languages: &'static [&'static Language],
    /// The base URL of its API, version path included, with variables in braces; `None` if only the operator can
    /// know.
    pub base_url: Option<&'static str>,
    /// The way in which paths below the base URL are made.
    pub paths: Paths,
    /// The way in which the credential is presented.
    pub auth: AuthStyle,
    /// The way in which a stream is made to carry usage.
    pub stream_usage: StreamUsage,
    /// The media that it takes as bytes alone, in whichever language; as the language has it where nothing is said.
    pub by_bytes: Option<ByBytes>,
    /// Its differences from the language, each with evidence.
    pub quirks: &'static [Quirk],
}

impl Provider {
    /// Names and defaults of the variables of its address, in the order in which they stand there.
    pub fn variables(&self) -> Vec<Variable> {
        let base_url = self.base_url.unwrap_or_default();
        let mut variables = Address::variables(base_url);
        for variable in Address::variables(self.paths.template()) {
            if !variables.contains(&variable) {
                variables.push(variable);
            }
        }
        variables
    }

    /// True if the provider routes by OpenRouter's `provider` object, which it gets as the client sent it.
    pub fn takes_provider_object(&self) -> bool {
        self.kind == "openrouter"
    }

    /// The member that bounds the output, where only one name of it is known.
    pub fn output_limit(&self) -> OutputLimit {
        if self.has(Trait::MaxTokensOnly) {
            OutputLimit::MaxTokens
        } else {
            OutputLimit::AsSent
        }
    }

    /// The way in which the provider writes rankings.
    pub fn rank_dialect(&self) -> RankDialect {
        if self.has(Trait::RankedByTopK) {
            RankDialect::TopK
        } else {
            RankDialect::TopN
        }
    }

    /// The habits of the provider with the model of that name, for requests that are written for it.
    pub fn quirks_with(&self, model: &str) -> Quirks {
        let kind = ModelKind::of(model);
        let is_newer = self.has(Trait::NewerOutputLimit)
            || kind.reasons_at_openai && !self.has(Trait::MaxTokensOnly);
        let thoughts_back = if self.has(Trait::DetailsBack) {
            ThoughtsBack::Details
        } else if self.has(Trait::ThoughtsBack) {
            ThoughtsBack::Text
        } else {
            ThoughtsBack::Never
        };
        Quirks {
            output_limit: if is_newer {
                "max_completion_tokens"
            } else {
                Quirks::NONE.output_limit
            },
            thoughts_back,
            refuses_sampling: kind.refuses_sampling,
        }
    }

    fn has(&self, is: Trait) -> bool {
        self.quirks.iter().any(|quirk| quirk.is == is)
    }
}

/// The shelves on which people look for a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Those who make models and serve them.
    Lab,
    /// Clouds of companies, which sign requests or hand out tokens.
    Cloud,
    /// Those who serve models of others.
    Host,
    /// Those who pass requests on to providers.
    Router,
    /// Servers of the operator's own.
    OwnServer,
    /// Anything that speaks a known language.
    Any,
}

impl Group {
    /// The word in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lab => "lab",
            Self::Cloud => "cloud",
            Self::Host => "host",
            Self::Router => "router",
            Self::OwnServer => "own_server",
            Self::Any => "any",
        }
    }
}

/// The ways in which a credential is presented to an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthStyle {
    /// `Authorization: Bearer …`
    Bearer,
    /// A header of its own that holds the bare credential.
    Header(&'static str),
    /// A token for a Google service account, or of the machine.
    Google,
    /// An API key of IBM Cloud, exchanged for a token.
    Ibm,
    /// AWS Signature Version 4 for this service; an API key is a bearer token.
    Aws(&'static str),
}

impl AuthStyle {
    /// The word that operators write as `auth.method`.
    pub fn method(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Header(_) => "header",
            Self::Google => "google",
            Self::Ibm => "ibm",
            Self::Aws(_) => "aws",
        }
    }
}

/// The way in which a stream is made to carry usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamUsage {
    /// By `stream_options.include_usage`, always.
    Ask,
    /// By the same, until the provider refuses the option.
    Learn,
    /// Not at all: the provider always says it, or refuses the option.
    Never,
}

impl StreamUsage {
    /// All of them, as operators write them.
    pub const WORDS: [&str; 3] = ["ask", "learn", "never"];

    /// Reads the word of an operator.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "ask" => Some(Self::Ask),
            "learn" => Some(Self::Learn),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}
