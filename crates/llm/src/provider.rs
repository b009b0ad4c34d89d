//! A provider: a company or server that we can call. A row of data, not a program.

use crate::protocol::Protocol;

/// What there is to know about a kind of provider before an operator configures one.
#[derive(Debug)]
pub struct Provider {
    /// The name that operators write as `kind`.
    pub kind: &'static str,
    /// The wire language.
    pub protocol: &'static dyn Protocol,
    /// Where its API is, version path included; `None` when only the operator can know.
    pub base_url: Option<&'static str>,
    /// How the credential is presented.
    pub auth: AuthStyle,
    /// How a stream is made to carry usage.
    pub stream_usage: StreamUsage,
}

/// How a credential is presented to an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthStyle {
    /// `Authorization: Bearer …`
    Bearer,
    /// A header of its own that holds the bare credential.
    Header(&'static str),
}

/// How a stream is made to carry usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamUsage {
    /// By `stream_options.include_usage`.
    Asked,
    /// It always does, and refuses or ignores the option.
    Always,
}
