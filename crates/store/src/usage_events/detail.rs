//! The details of a request that only its receipt shows. One column, because nothing is ever looked for in it.

use std::borrow::Cow;
use std::sync::Arc;

use llm::Usage;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::sealed_text::{SealedText, shortened};

/// As long as most are.
const TEXT_BYTES: usize = 384;

/// The facts of a receipt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// In their order.
    pub attempts: Vec<AttemptRecord>,
    /// 1 (low) to 4 (critical); 0 when the request came to no decision.
    pub priority: u8,
    pub address: Arc<str>,
    pub agent: Arc<str>,
    /// The request limit's status after the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitShown>,
    /// The price list that the charge was computed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<PricesShown>,
    /// The credits that were held for the request, where its account pays by credits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldShown>,
    /// The error that the client got.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<ErrorShown>>,
    /// The names of parameters that were left out, because the provider's language could not say them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}

/// The most names of parameters that are kept of one request.
const DROPPED_MAX: usize = 40;

/// The names of parameters that were left out, as they are kept: clients choose some of them.
pub fn dropped_shown(names: &[String]) -> Vec<String> {
    let kept = names.iter().take(DROPPED_MAX);
    kept.map(|name| shortened(name, NAME_CHARS_MAX)).collect()
}

/// The error that a client got, without its code, which is a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorShown {
    pub message: SealedText,
    /// The parameter that is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
}

impl ErrorShown {
    /// The error in the words that the client got.
    pub fn new(message: SealedText, param: Option<&str>) -> Self {
        Self {
            message,
            param: param.map(|param| shortened(param, NAME_CHARS_MAX)),
        }
    }
}

/// The longest name that is kept, in characters.
const NAME_CHARS_MAX: usize = 200;

/// One call to one deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttemptRecord {
    pub provider: Arc<str>,
    pub upstream_model: Arc<str>,
    /// The label of the credential, where the provider has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<Arc<str>>,
    /// Since the request began.
    pub began_us: u64,
    pub duration_us: u64,
    /// `responded`, `client_closed`, or how it failed.
    pub outcome: Cow<'static, str>,
    /// The HTTP status of the upstream, if it responded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The upstream's own id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_request_id: Option<Arc<str>>,
    /// The cause, if the attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Arc<AttemptCause>>,
}

/// The cause of a failed attempt, in the upstream's words or, where it has none, in ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttemptCause {
    /// The upstream's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub message: SealedText,
}

impl AttemptCause {
    /// A cause; a long code is cut.
    pub fn new(code: Option<&str>, message: SealedText) -> Self {
        Self {
            code: code.map(|code| shortened(code, NAME_CHARS_MAX)),
            message,
        }
    }
}

/// The credits that were held for a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldShown {
    pub nanos: u64,
    /// The process from whose escrow they are.
    pub server: Arc<str>,
    /// The part of the price that is above the hold: the platform bears it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub over_nanos: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it so")]
fn is_zero(nanos: &u64) -> bool {
    *nanos == 0
}

/// A limit on requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitShown {
    /// `None` is unlimited.
    pub limit: Option<u64>,
    pub used: u64,
    /// Seconds since 1970.
    pub resets_at_s: i64,
}

/// A price list as JSON: written once, and shared by all requests that it prices.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct PricesShown(Arc<RawValue>);

impl PricesShown {
    /// The JSON of a price list.
    ///
    /// # Errors
    /// If the list cannot be serialized.
    pub fn of(list: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(list).map(|raw| Self(raw.into()))
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for PricesShown {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for PricesShown {}

impl<'de> Deserialize<'de> for PricesShown {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|raw| Self(raw.into()))
    }
}

/// The column's text, with the amounts that no column has.
#[derive(Serialize)]
struct WithMeters<'a> {
    #[serde(flatten)]
    detail: &'a Detail,
    meters: &'a Usage,
}

/// The amounts as a text has them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Meters {
    meters: Usage,
}

impl Detail {
    /// The column's text.
    pub(super) fn to_text(&self, meters: &Usage) -> String {
        let mut text = Vec::with_capacity(TEXT_BYTES);
        let written = if meters.is_empty() {
            serde_json::to_writer(&mut text, self)
        } else {
            let detail = self;
            serde_json::to_writer(&mut text, &WithMeters { detail, meters })
        };
        written
            .ok()
            .and_then(|()| String::from_utf8(text).ok())
            .unwrap_or_else(|| "{}".to_owned())
    }

    /// The facts in a text. What cannot be read is not shown: a receipt without a route beats no receipt.
    pub(crate) fn parse(text: &str) -> (Self, Usage) {
        let meters: Meters = serde_json::from_str(text).unwrap_or_default();
        (
            serde_json::from_str(text).unwrap_or_default(),
            meters.meters,
        )
    }
}

#[cfg(test)]
mod tests {
    use llm::Meter;

    use super::*;

    #[test]
    fn amounts_without_a_column_are_in_the_text_where_there_are_any() {
        let detail = Detail {
            priority: 3,
            prices: Some(PricesShown::of(&[1, 2]).unwrap()),
            ..Detail::default()
        };
        let none = Usage::default();
        let text = detail.to_text(&none);
        assert!(!text.contains("meters"), "{text}");
        assert_eq!(Detail::parse(&text), (detail.clone(), none));
        let some: Usage = [(Meter::AudioInput, 5)].into_iter().collect();
        let text = detail.to_text(&some);
        assert!(text.ends_with(r#","meters":{"audio_input":5}}"#), "{text}");
        assert_eq!(Detail::parse(&text), (detail, some));
    }

    #[test]
    fn names_of_parameters_that_were_left_out_are_bounded() {
        let names = vec!["x".repeat(1_000); 100];
        let kept = dropped_shown(&names);
        assert_eq!(kept.len(), DROPPED_MAX);
        assert!(
            kept.iter()
                .all(|name| name.chars().count() <= NAME_CHARS_MAX + 1)
        );
        let detail = Detail {
            dropped: vec!["seed".to_owned()],
            ..Detail::default()
        };
        let text = detail.to_text(&Usage::default());
        assert_eq!(Detail::parse(&text).0, detail);
        assert!(
            !Detail::default()
                .to_text(&Usage::default())
                .contains("dropped")
        );
    }
}
