//! Times as our own API writes them: RFC 3339, UTC, milliseconds.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A moment: milliseconds since 1970 inside, RFC 3339 outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    /// The moment that a text names; `None` when it names none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.parse::<Timestamp>()
            .ok()
            .map(|timestamp| Self(timestamp.as_millisecond()))
    }

    /// `2026-11-24T10:00:00.000Z`.
    pub fn to_text(self) -> String {
        match Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => format!("{timestamp:.3}"),
            Err(_) => String::new(),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom("expected a time in RFC 3339, such as 2026-11-24T10:00:00Z")
        })
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        object.build().into()
    }
}

impl ToSchema for Time {}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn a_time_is_written_as_it_is_read() {
        let time = Time::parse("2026-11-24T11:00:00.5+01:00").unwrap();
        assert_eq!(time.to_text(), "2026-11-24T10:00:00.500Z");
        assert_eq!(Time::parse(&time.to_text()), Some(time));
        assert_eq!(Time::parse("yesterday"), None);
    }
}
