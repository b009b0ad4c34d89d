//! The outermost members of a body: which stay, and which are meant for routing.

use std::borrow::Cow;

use bytes::Bytes;

use super::names::models;
use super::{RouteAsk, provider};
use crate::error::TranslateError;
use crate::json::{Cursor, JsonError, Kind, Value, quote};

/// The name of a member as it stands, and its value.
type Member<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// A body, member by member.
pub(super) struct Reader<'a> {
    pub(super) ask: RouteAsk,
    /// The members that stay: their names as they stand, and their values.
    kept: Vec<Member<'a>>,
    provider: Option<&'a [u8]>,
    is_changed: bool,
    has_models: bool,
}

impl<'a> Reader<'a> {
    /// Reads a body and takes out what is meant for routing.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, TranslateError> {
        let mut reader = Self::new();
        each_member(body, |name, text| reader.member(name, text))?;
        Ok(reader)
    }

    /// Reads a body whose members all stay.
    pub(super) fn keeping_all(body: &'a [u8]) -> Result<Self, JsonError> {
        let mut reader = Self::new();
        each_member(body, |name, text| {
            reader.add(name, text);
            Ok::<(), JsonError>(())
        })?;
        Ok(reader)
    }

    fn new() -> Self {
        Self {
            ask: RouteAsk {
                allows_fallbacks: true,
                ..RouteAsk::default()
            },
            kept: Vec::new(),
            provider: None,
            is_changed: false,
            has_models: false,
        }
    }

    fn member(&mut self, name: &'a [u8], text: &'a [u8]) -> Result<(), TranslateError> {
        match name {
            b"models" => self.models(text),
            b"provider" => self.provider(text),
            b"route" if text == b"\"fallback\"" => {
                self.is_changed = true;
                Ok(())
            }
            name => {
                match name {
                    b"service_tier" => self.ask.is_flex = text == b"\"flex\"",
                    b"prompt_cache_key" => {
                        let value = Value::read(text);
                        self.ask.session = value.as_ref().and_then(Value::text).map(str::to_owned);
                    }
                    _ => {}
                }
                self.add(name, text);
                Ok(())
            }
        }
    }

    fn models(&mut self, text: &[u8]) -> Result<(), TranslateError> {
        if std::mem::replace(&mut self.has_models, true) {
            return Err(TranslateError::Duplicate { param: "models" });
        }
        self.is_changed = true;
        if let Some(value) = Value::read(text).filter(|value| *value != Value::Null) {
            self.ask.models = models(&value)?;
        }
        Ok(())
    }

    fn provider(&mut self, text: &'a [u8]) -> Result<(), TranslateError> {
        if self.provider.replace(text).is_some() {
            return Err(TranslateError::Duplicate { param: "provider" });
        }
        self.is_changed = true;
        match Value::read(text) {
            Some(Value::Object(members)) => {
                self.ask.provider = Some(Bytes::copy_from_slice(text));
                provider::read(&mut self.ask, &members)
            }
            Some(Value::Null) | None => Ok(()),
            Some(_) => Err(TranslateError::WrongType {
                param: "provider",
                expected: "an object",
            }),
        }
    }

    /// Adds a member that stays.
    pub(super) fn add(&mut self, name: &'a [u8], text: &'a [u8]) {
        self.kept.push((Cow::Borrowed(name), Cow::Borrowed(text)));
    }

    /// A list of models names the model where no other member does.
    pub(super) fn name_the_first_model(&mut self) {
        let has_model = self.kept.iter().any(|(name, _)| &**name == b"model");
        if let Some(first) = self.ask.models.first().filter(|_| !has_model).cloned() {
            self.set_model(&first);
        }
    }

    pub(super) fn set_model(&mut self, model: &str) {
        let value = Cow::Owned(quote(model).into_bytes());
        self.is_changed = true;
        match self.kept.iter_mut().find(|(name, _)| &**name == b"model") {
            Some(member) => member.1 = value,
            None => self.kept.insert(0, (Cow::Borrowed(b"model"), value)),
        }
    }

    /// True if the rest is not the body as it was sent.
    pub(super) fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// The members that stay.
    pub(super) fn rest(&self) -> Bytes {
        written(self.kept.iter().map(|(name, value)| (&**name, &**value)))
    }

    /// The body for a provider that routes by the `provider` object too: byte for byte, unless a list of models has to
    /// be taken out. `None` without such an object.
    pub(super) fn original(&self, body: &Bytes) -> Option<Bytes> {
        self.ask.provider.as_ref()?;
        if !self.has_models {
            return Some(body.clone());
        }
        let kept = self.kept.iter().map(|(name, value)| (&**name, &**value));
        let provider = self.provider.map(|text| (&b"provider"[..], text));
        Some(written(kept.chain(provider)))
    }
}

/// Reads the outermost members of an object; anything else has none.
fn each_member<'a, E: From<JsonError>>(
    body: &'a [u8],
    mut on_member: impl FnMut(&'a [u8], &'a [u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut cursor = Cursor::new(body);
    if cursor.kind()? != Kind::Object {
        return Ok(());
    }
    cursor.object(|inner, key| {
        inner.kind()?;
        let start = inner.at();
        inner.skip()?;
        let text = body.get(start..inner.at());
        on_member(key.raw(), text.expect("a value ends behind its start"))
    })
}

fn written<'a>(members: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Bytes {
    let mut text = vec![b'{'];
    for (index, (name, value)) in members.enumerate() {
        text.extend_from_slice(if index == 0 { b"\"" } else { b",\"" });
        text.extend_from_slice(name);
        text.extend_from_slice(b"\":");
        text.extend_from_slice(value);
    }
    text.push(b'}');
    text.into()
}
