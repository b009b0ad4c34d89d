//! A tree of a JSON text, for the few that are small, rare, and of unknown shape: what providers say of
//! failures. A text that breaks off gives what stood before the break.

use super::{Cursor, JsonError, Kind};

/// One value; numbers stay text, so that none is rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    /// Reads as much of a value as there is; `None` if `bytes` does not begin with one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut value = None;
        let _ = read_into(&mut Cursor::with_non_finite(bytes), &mut value);
        value
    }

    /// The member of that name, of an object; the last one of several.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let member = members.iter().rev().find(|(key, _)| key == name);
        member.map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// A number, also one that was written as a string.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(text) | Self::Text(text) => text.trim().parse().ok(),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Object(_) => &[],
        }
    }

    /// `null`, `false`, zero, and whatever is empty: the ways to say that there is no error.
    pub fn is_falsy(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Bool(value) => !value,
            Self::Number(_) => self.number() == Some(0.0),
            Self::Text(text) => text.trim().is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Object(members) => members.is_empty(),
        }
    }
}

/// Reads a value into its place before it is complete, so that it stays where the text breaks off.
fn read_into(cursor: &mut Cursor<'_>, place: &mut Option<Value>) -> Result<(), JsonError> {
    match cursor.kind()? {
        Kind::Object => object(cursor, place),
        Kind::Array => list(cursor, place),
        Kind::String => {
            let text = cursor.string()?.decode().into_owned();
            *place = Some(Value::Text(text));
            Ok(())
        }
        Kind::Number => {
            *place = Some(Value::Number(cursor.number()?.to_owned()));
            Ok(())
        }
        Kind::Bool => {
            *place = Some(Value::Bool(cursor.bool()?));
            Ok(())
        }
        Kind::Null => {
            cursor.skip()?;
            *place = Some(Value::Null);
            Ok(())
        }
    }
}

fn object(cursor: &mut Cursor<'_>, place: &mut Option<Value>) -> Result<(), JsonError> {
    let mut members = Vec::new();
    let read = cursor.object(|inner, key| {
        let mut value = None;
        let read = read_into(inner, &mut value);
        members.extend(value.map(|value| (key.decode().into_owned(), value)));
        read
    });
    *place = Some(Value::Object(members));
    read
}

fn list(cursor: &mut Cursor<'_>, place: &mut Option<Value>) -> Result<(), JsonError> {
    let mut items = Vec::new();
    let read = cursor.array(|inner| {
        let mut value = None;
        let read = read_into(inner, &mut value);
        items.extend(value);
        read
    });
    *place = Some(Value::List(items));
    read
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn a_text_that_breaks_off_gives_what_stood_before() {
        let value = Value::read(br#"{"error":{"message":"too long","details":[1,{"a":"#).unwrap();
        let error = value.get("error").unwrap();
        assert_eq!(error.get("message").unwrap().text(), Some("too long"));
        assert_eq!(error.get("details").unwrap().items().len(), 2);
        assert_eq!(Value::read(b"<html>"), None);
    }

    #[test]
    fn what_says_that_there_is_no_error_is_falsy() {
        for (text, is_falsy) in [
            ("null", true),
            ("false", true),
            ("0", true),
            ("0.0", true),
            ("\"\"", true),
            ("{}", true),
            ("[]", true),
            ("true", false),
            ("1", false),
            ("NaN", false),
            ("\"x\"", false),
            ("{\"a\":null}", false),
        ] {
            let value = Value::read(text.as_bytes()).unwrap();
            assert_eq!(value.is_falsy(), is_falsy, "{text}");
        }
    }
}
