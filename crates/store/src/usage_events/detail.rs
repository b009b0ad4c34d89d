//! What only a receipt shows of a request. One column, because nothing is ever looked for in it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// As long as most are.
const TEXT_BYTES: usize = 384;

/// The facts of a receipt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// In their order.
    pub attempts: Vec<Attempt>,
    /// 1 (low) to 4 (critical); 0 when the request came to no decision.
    pub priority: u8,
    pub address: Arc<str>,
    pub agent: Arc<str>,
    /// How the request limit stood after the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitShown>,
    /// Nano-dollars per million input and output tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<(u64, u64)>,
}

/// One call to one deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub provider: Arc<str>,
    pub upstream_model: Arc<str>,
    /// Since the request began.
    pub began_us: u64,
    pub duration_us: u64,
    /// `answered`, `client_closed`, or how it failed.
    pub outcome: Cow<'static, str>,
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

impl Detail {
    /// The column's text.
    pub(super) fn to_text(&self) -> String {
        let mut text = Vec::with_capacity(TEXT_BYTES);
        let written = serde_json::to_writer(&mut text, self);
        written
            .ok()
            .and_then(|()| String::from_utf8(text).ok())
            .unwrap_or_else(|| "{}".to_owned())
    }

    /// The facts in a text. What cannot be read is not shown: a receipt without a route beats no receipt.
    pub(crate) fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}
