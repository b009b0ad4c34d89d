//! Parameters of epay, and the text of them that is signed.

use http::Method;
use url::form_urlencoded;

use super::super::provider::{Delivery, DeliveryFault};

/// Parameters of a message.
const PAIRS_MAX: usize = 64;

/// Names with their values, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads the parameters of a message: those of the address, or of the form where it is sent as one.
    ///
    /// # Errors
    /// If a name comes twice, or there are too many: two readers would read two messages.
    pub(super) fn of_delivery(delivery: &Delivery<'_>) -> Result<Self, DeliveryFault> {
        let text = match *delivery.method {
            Method::GET => delivery.query.as_bytes(),
            Method::POST if delivery.body.is_empty() => delivery.query.as_bytes(),
            Method::POST => delivery.body.as_ref(),
            _ => return Err(DeliveryFault::WrongMethod),
        };
        let mut pairs = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            if pairs.0.len() == PAIRS_MAX || pairs.get_any(&name).is_some() {
                return Err(DeliveryFault::BadSignature {
                    detail: "A parameter comes twice, or there are too many.",
                    order_id: pairs.get("out_trade_no").map(str::to_owned),
                });
            }
            pairs.0.push((name.into_owned(), value.into_owned()));
        }
        Ok(pairs)
    }

    /// Reads the members of a JSON object that are text, numbers or truth: what else there is, is not signed.
    pub(super) fn of_json(object: &serde_json::Map<String, serde_json::Value>) -> Self {
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            serde_json::Value::Bool(is_true) => Some(if *is_true { "1" } else { "" }.to_owned()),
            serde_json::Value::Null
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => None,
        };
        let members = object
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), text(value)?)));
        Self(members.collect())
    }

    pub(super) fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// The value of a name; `None` if it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.get_any(name).filter(|value| !value.is_empty())
    }

    fn get_any(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The text that is signed: all that is not empty, by name, but for the signature itself, and nothing encoded.
    pub(super) fn signed_text(&self) -> String {
        let is_signed = |(name, value): &&(String, String)| {
            !value.is_empty() && name != "sign" && name != "sign_type"
        };
        let mut signed: Vec<_> = self.0.iter().filter(is_signed).collect();
        signed.sort_unstable();
        let signed = signed.iter().map(|(name, value)| format!("{name}={value}"));
        signed.collect::<Vec<_>>().join("&")
    }

    /// The parameters without the time at which they were sent.
    pub(super) fn without_time(&self) -> Self {
        let rest = self.0.iter().filter(|(name, _)| name != "timestamp");
        Self(rest.cloned().collect())
    }

    /// The parameters as a query or a form.
    pub(super) fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Pairs;

    #[test]
    fn the_signed_text_is_sorted_and_leaves_out_what_is_empty_and_the_signature() {
        let mut pairs = Pairs::default();
        for (name, value) in [
            ("type", "wxpay"),
            ("sign_type", "MD5"),
            ("name", "a & b"),
            ("param", ""),
            ("sign", "x"),
            ("Zeta", "1"),
        ] {
            pairs.push(name, value);
        }
        assert_eq!(pairs.signed_text(), "Zeta=1&name=a & b&type=wxpay");
        assert_eq!(pairs.get("param"), None);
    }
}
