//! A provider: a company or server that we can call. A row of data, not a program.

use crate::language::Language;

/// A kind of provider: what is known before an operator configures one.
#[derive(Debug)]
pub struct Provider {
    /// The name that operators write as `kind`.
    pub kind: &'static str,
    /// The name that people read.
    pub label: &'static str,
    /// The wire language.
    pub language: &'static Language,
    /// Further wire languages: a client that speaks one of them has its bytes passed on.
    pub further_languages: &'static [&'static Language],
    /// The base URL of its API, version path included; `None` if only the operator can know.
    pub base_url: Option<&'static str>,
    /// The way in which the credential is presented.
    pub auth: AuthStyle,
    /// The way in which a stream is made to carry usage.
    pub stream_usage: StreamUsage,
}

/// The ways in which a credential is presented to an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthStyle {
    /// `Authorization: Bearer …`
    Bearer,
    /// A header of its own that holds the bare credential.
    Header(&'static str),
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
