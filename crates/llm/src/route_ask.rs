//! The wishes of a client about routing in its body: `models`, `route`, and the `provider` object of `OpenRouter`; besides, the
//! session and the service tier that OpenAI's clients name. Providers refuse what they do not know, so the members that
//! are meant for us are taken out.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::memmem;

use crate::json::{Cursor, JsonError, Kind, Value, quote};

/// Names of members that are looked for, as they stand in a body.
const NEEDLES: [&[u8]; 4] = [
    b"\"provider\"",
    b"\"models\"",
    b"\"service_tier\"",
    b"\"prompt_cache_key\"",
];
/// Models that a client may list.
const MODELS_MAX: usize = 8;
/// Names that a client may give in one list.
const NAMES_MAX: usize = 32;

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
    /// The most that a million tokens may cost, in and out, in dollars.
    pub max_price: (Option<f64>, Option<f64>),
    /// True if deployments that lack a capability which the request needs are left out for good.
    pub requires_parameters: bool,
    /// The session, for prompt caches.
    pub session: Option<String>,
    /// True for `service_tier: flex`.
    pub is_flex: bool,
    /// Members of `provider` that are not known.
    pub unknown: Vec<String>,
    /// The whole body as it was sent, where it has a `provider` object and no list of models: for a provider that
    /// routes by it too.
    pub original: Option<Bytes>,
}

/// The order that a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedSort {
    Price,
    Throughput,
    Latency,
}

/// Reads what a body asks, and returns the body without the members that are meant for routing, if it has any. `None` if
/// it asks nothing.
///
/// # Errors
/// If the body is not JSON.
pub fn take(body: &Bytes) -> Result<Option<(RouteAsk, Option<Bytes>)>, JsonError> {
    if !NEEDLES
        .iter()
        .any(|needle| memmem::find(body, needle).is_some())
    {
        return Ok(None);
    }
    let mut reader = Reader::new(body);
    reader.read()?;
    let rest = reader.is_changed.then(|| reader.rest());
    if reader.has_provider && reader.ask.models.is_empty() {
        reader.ask.original = Some(body.clone());
    }
    Ok(Some((reader.ask, rest)))
}

/// The body with another model.
///
/// # Errors
/// If the body is not a JSON object.
pub fn with_model(body: &Bytes, model: &str) -> Result<Bytes, JsonError> {
    let mut reader = Reader::new(body);
    reader.read()?;
    reader.set_model(model);
    Ok(reader.rest())
}

/// The name of a member as it stands, and its value.
type Member<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

struct Reader<'a> {
    body: &'a [u8],
    ask: RouteAsk,
    /// The members that stay: their names as they stand, and their values.
    kept: Vec<Member<'a>>,
    is_changed: bool,
    has_model: bool,
    has_provider: bool,
}

impl<'a> Reader<'a> {
    fn new(body: &'a [u8]) -> Self {
        Self {
            body,
            ask: RouteAsk {
                allows_fallbacks: true,
                ..RouteAsk::default()
            },
            kept: Vec::new(),
            is_changed: false,
            has_model: false,
            has_provider: false,
        }
    }

    fn read(&mut self) -> Result<(), JsonError> {
        let mut cursor = Cursor::new(self.body);
        if cursor.kind()? != Kind::Object {
            return Ok(());
        }
        cursor.object(|inner, key| {
            inner.kind()?;
            let start = inner.at();
            inner.skip()?;
            let value = self.body.get(start..inner.at());
            self.member(key.raw(), value.expect("a value ends behind its start"));
            Ok::<(), JsonError>(())
        })?;
        if let (false, Some(first)) = (self.has_model, self.ask.models.first().cloned()) {
            self.set_model(&first);
        }
        Ok(())
    }

    fn member(&mut self, name: &'a [u8], text: &'a [u8]) {
        let value = || Value::read(text);
        match name {
            b"models" if text.starts_with(b"[") => {
                self.ask.models = value()
                    .map(|list| names(&list, MODELS_MAX))
                    .unwrap_or_default();
                self.is_changed = true;
            }
            b"provider" if text.starts_with(b"{") => {
                if let Some(value) = value() {
                    self.provider(&value);
                    self.has_provider = true;
                }
                self.is_changed = true;
            }
            b"route" if text == b"\"fallback\"" => self.is_changed = true,
            name => {
                match name {
                    b"service_tier" => self.ask.is_flex = text == b"\"flex\"",
                    b"prompt_cache_key" => {
                        let value = value();
                        self.ask.session = value.as_ref().and_then(Value::text).map(str::to_owned);
                    }
                    b"model" => self.has_model = true,
                    _ => {}
                }
                self.kept.push((Cow::Borrowed(name), Cow::Borrowed(text)));
            }
        }
    }

    fn provider(&mut self, value: &Value) {
        let Value::Object(members) = value else {
            return;
        };
        for (name, value) in members {
            match name.as_str() {
                "order" => self.ask.order = names(value, NAMES_MAX),
                "only" => self.ask.only = names(value, NAMES_MAX),
                "ignore" => self.ask.ignore = names(value, NAMES_MAX),
                "allow_fallbacks" => self.ask.allows_fallbacks = *value != Value::Bool(false),
                "require_parameters" => self.ask.requires_parameters = *value == Value::Bool(true),
                "sort" => self.ask.sort = sort(value),
                "max_price" => {
                    let price = |name| value.get(name).and_then(Value::number);
                    self.ask.max_price = (price("prompt"), price("completion"));
                }
                unknown => self.ask.unknown.push(unknown.chars().take(40).collect()),
            }
        }
        self.ask.unknown.truncate(NAMES_MAX);
    }

    fn set_model(&mut self, model: &str) {
        let value = Cow::Owned(quote(model).into_bytes());
        self.is_changed = true;
        match self.kept.iter_mut().find(|(name, _)| &**name == b"model") {
            Some(member) => member.1 = value,
            None => self.kept.insert(0, (Cow::Borrowed(b"model"), value)),
        }
    }

    fn rest(&self) -> Bytes {
        let mut rest = Vec::with_capacity(self.body.len() + 64);
        for (index, (name, value)) in self.kept.iter().enumerate() {
            rest.extend_from_slice(if index == 0 { b"{\"" } else { b",\"" });
            rest.extend_from_slice(name);
            rest.extend_from_slice(b"\":");
            rest.extend_from_slice(value);
        }
        rest.extend_from_slice(if self.kept.is_empty() { b"{}" } else { b"}" });
        rest.into()
    }
}

fn names(list: &Value, most: usize) -> Vec<String> {
    let names = list.items().iter().filter_map(Value::text);
    names.map(str::to_owned).take(most).collect()
}

fn sort(value: &Value) -> Option<AskedSort> {
    let named = value.text().or_else(|| value.get("by")?.text());
    match named? {
        "price" => Some(AskedSort::Price),
        "throughput" => Some(AskedSort::Throughput),
        "latency" => Some(AskedSort::Latency),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(body: &'static str) -> (RouteAsk, String) {
        let body = Bytes::from_static(body.as_bytes());
        let (ask, rest) = take(&body).unwrap().unwrap();
        let rest = rest.unwrap_or(body);
        (ask, String::from_utf8(rest.to_vec()).unwrap())
    }

    #[test]
    fn a_body_that_asks_nothing_passes_as_it_is() {
        for body in [
            r#"{"model":"m"}"#,
            r#"{"model":"m","messages":[{"content":"\"provider\""}]}"#,
        ] {
            assert_eq!(
                take(&Bytes::from_static(body.as_bytes())).unwrap(),
                None,
                "{body}"
            );
        }
        let nested = r#"{"model":"m","tools":[{"provider":{"only":["x"]}}]}"#;
        let (ask, rest) = taken(nested);
        assert_eq!((ask.only, rest.as_str()), (vec![], nested));
    }

    #[test]
    fn every_member_of_the_provider_object_is_read_and_taken_out() {
        let (ask, rest) = taken(
            r#"{"model": "a", "provider": {"order": ["x", "y"], "only": ["x"], "ignore": ["z"], "allow_fallbacks": false,
            "sort": "price", "max_price": {"prompt": 1, "completion": "2.5"}, "require_parameters": true, "data_collection": "deny"},
            "route": "fallback", "n": 1}"#,
        );
        let expected = RouteAsk {
            models: vec![],
            order: vec!["x".into(), "y".into()],
            only: vec!["x".into()],
            ignore: vec!["z".into()],
            allows_fallbacks: false,
            sort: Some(AskedSort::Price),
            max_price: (Some(1.0), Some(2.5)),
            requires_parameters: true,
            session: None,
            is_flex: false,
            unknown: vec!["data_collection".into()],
            original: ask.original.clone(),
        };
        assert_eq!(ask, expected);
        assert_eq!(rest, r#"{"model":"a","n":1}"#);
    }

    #[test]
    fn a_list_of_models_stands_in_for_the_model() {
        let (ask, rest) = taken(r#"{"models":["a","b"],"messages":[]}"#);
        assert_eq!(ask.models, ["a", "b"]);
        assert_eq!(rest, r#"{"model":"a","messages":[]}"#);
        let (_, rest) = taken(r#"{"messages":[],"models":["b"],"model":"a"}"#);
        assert_eq!(rest, r#"{"messages":[],"model":"a"}"#);
    }

    #[test]
    fn what_is_also_the_providers_stays() {
        let body = r#"{"model":"a","service_tier":"flex","prompt_cache_key":"s1"}"#;
        let (ask, rest) = taken(body);
        assert_eq!(
            (ask.is_flex, ask.session.as_deref(), rest.as_str()),
            (true, Some("s1"), body)
        );
    }

    #[test]
    fn another_model_is_put_in_its_place() {
        let body = Bytes::from_static(br#"{"n":1,"model":"a","user":"\u00e4"}"#);
        let other = with_model(&body, "b\"c").unwrap();
        assert_eq!(&*other, br#"{"n":1,"model":"b\"c","user":"\u00e4"}"#);
    }

    #[test]
    fn what_is_no_json_is_an_error_and_what_is_no_object_asks_nothing() {
        assert!(take(&Bytes::from_static(b"{\"provider\"")).is_err());
        let (ask, rest) = taken(r#"["provider"]"#.trim_start_matches('x'));
        assert!(ask.allows_fallbacks && rest.starts_with('['));
    }
}
