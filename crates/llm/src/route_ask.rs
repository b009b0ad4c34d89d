//! The wishes of a client about routing in its body: `models`, `route`, and the `provider` object of `OpenRouter`; besides, the
//! session and the service tier that OpenAI's clients name. Providers refuse what they do not know, so the members that
//! are meant for us are taken out. A wish that cannot be read is refused: passed over, it would be broken in silence.

mod names;
mod provider;
mod reader;

use bytes::Bytes;
use memchr::memmem;

use crate::error::TranslateError;
use crate::json::JsonError;
use reader::Reader;

/// Names of members that are looked for, as they stand in a body.
const NEEDLES: [&[u8]; 4] = [
    b"\"provider\"",
    b"\"models\"",
    b"\"service_tier\"",
    b"\"prompt_cache_key\"",
];

/// True for the name of a member without which there is nothing to take.
pub(crate) fn is_asked_by(name: &[u8]) -> bool {
    let names = NEEDLES.iter().map(|needle| &needle[1..needle.len() - 1]);
    names.into_iter().any(|known| known == name)
}

/// The wishes of a client.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RouteAsk {
    /// Models to be tried in this order, the first one included.
    pub models: Vec<String>,
    /// Providers or deployments to be tried first, in this order.
    pub order: Vec<String>,
    /// The only ones that may be used, if any is named.
    pub only: Vec<String>,
    /// Those that may not be used.
    pub ignore: Vec<String>,
    /// False if there may be one attempt only.
    pub allows_fallbacks: bool,
    pub sort: Option<AskedSort>,
    pub max_price: MaxPrice,
    /// True if deployments that may lack what the request needs are left out for good.
    pub requires_parameters: bool,
    /// The session, for prompt caches.
    pub session: Option<String>,
    /// True for `service_tier: flex`.
    pub is_flex: bool,
    /// Members of `provider` that only a provider which routes by that object itself can keep.
    pub for_router: Vec<&'static str>,
    /// The first member of `provider` that no list knows.
    pub unknown: Option<String>,
    /// The `provider` object as it was sent, for a provider that routes by it too.
    pub provider: Option<Bytes>,
    /// The body for such a provider: as it was sent, but for a list of models.
    pub original: Option<Bytes>,
}

/// The order that a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedSort {
    Price,
    Throughput,
    Latency,
}

/// The most that a client pays, in dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MaxPrice {
    /// A million tokens in.
    pub input: Option<f64>,
    /// A million tokens out.
    pub output: Option<f64>,
    pub request: Option<f64>,
    pub image: Option<f64>,
}

/// Reads what a body asks, and returns the body without the members that are meant for routing, if it has any. `None` if
/// it asks nothing.
///
/// # Errors
/// If the body is not JSON, or a wish cannot be read.
pub fn take(body: &Bytes) -> Result<Option<(RouteAsk, Option<Bytes>)>, TranslateError> {
    if !NEEDLES
        .iter()
        .any(|needle| memmem::find(body, needle).is_some())
    {
        return Ok(None);
    }
    let mut reader = Reader::read(body)?;
    reader.name_the_first_model();
    let original = reader.original(body);
    let rest = reader.is_changed().then(|| reader.rest());
    let mut ask = reader.ask;
    ask.original = original;
    Ok(Some((ask, rest)))
}

/// The body with another model.
///
/// # Errors
/// If the body is not a JSON object.
pub fn with_model(body: &Bytes, model: &str) -> Result<Bytes, TranslateError> {
    let mut reader = Reader::keeping_all(body)?;
    reader.set_model(model);
    Ok(reader.rest())
}

/// The body, which is a JSON object, with a `provider` object besides what it has.
///
/// # Errors
/// If the body is not a JSON object.
pub fn with_provider(body: &Bytes, provider: &Bytes) -> Result<Bytes, JsonError> {
    let mut reader = Reader::keeping_all(body)?;
    reader.add(b"provider", provider);
    Ok(reader.rest())
}

#[cfg(test)]
mod tests;
