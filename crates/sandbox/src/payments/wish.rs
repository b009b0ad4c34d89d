//! The wishes of a request: the parameters of its address and of its form, of which the form's win.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use http::request::Parts;
use url::form_urlencoded;

/// The parameters of a request.
pub(super) struct Wish {
    values: HashMap<String, String>,
    pub(super) idempotency_key: Option<String>,
}

impl Wish {
    pub(super) fn of(head: &Parts, body: &[u8]) -> Self {
        let query = head.uri.query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes());
        let pairs = query
            .into_owned()
            .chain(form_urlencoded::parse(body).into_owned());
        let key = head.headers.get("idempotency-key");
        Self {
            values: pairs.collect(),
            idempotency_key: key.and_then(|value| Some(value.to_str().ok()?.to_owned())),
        }
    }

    /// The value of a name; empty without one.
    pub(super) fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// A number; `otherwise` without one.
    pub(super) fn number(&self, name: &str, otherwise: i64) -> i64 {
        self.text(name).parse().unwrap_or(otherwise)
    }

    /// All parameters.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The time of a message, in seconds: `at`, or now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox knows no clock of the gateway's"
    )]
    pub(super) fn at_s(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or_default()
        });
        self.number("at", now)
    }

    /// Returns whether a lie is asked for.
    pub(super) fn lies(&self, about: &str) -> bool {
        self.text("lie").split(',').any(|lie| lie == about)
    }
}
