//! A wire language, in its faces: what a client speaks to us, what we speak to a provider, and what bytes that pass
//! from one to the other unchanged say of themselves.
//!
//! A language is a folder below `languages/`. One that only providers speak has the upstream face alone; the others
//! show `docs/decisions/0024`.

mod client;
mod codec;
mod error_facts;
mod ordered;
mod spans;
mod upstream;

use crate::media::ByBytes;

pub use client::ClientFace;
pub use codec::{EventDecoder, EventEncoder};
pub use error_facts::ErrorFacts;
pub(crate) use ordered::{DISORDER, Ordered};
pub use spans::{
    ChoiceSet, Encode, EventFacts, PassthroughFace, ResponseSpans, StreamEvent, UsageOption,
};
pub use upstream::{Target, UpstreamFace};

/// A wire language that clients and providers speak.
#[derive(Debug)]
pub struct Language {
    /// The name, in logs and where a proof says whose it is.
    pub name: &'static str,
    /// The client's face: the language that a client of ours speaks; none where only providers speak it.
    pub client: Option<&'static dyn ClientFace>,
    /// The upstream's face: the language that we speak to a provider.
    pub upstream: &'static dyn UpstreamFace,
    /// The places where bytes are edited that pass between two who speak it; none without a client's face.
    pub passthrough: Option<&'static dyn PassthroughFace>,
    /// The media that a request which is translated into it has to carry as bytes.
    pub by_bytes: ByBytes,
}
