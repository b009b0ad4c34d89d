//! Objects member by member: written in an order, and read so that what is left over is known.

use super::Value;

/// An object that is written.
#[derive(Debug, Clone, Default)]
pub struct Object(Vec<(String, Value)>);

impl Object {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// An object that begins with its `type`.
    pub fn of_type(name: &str) -> Self {
        Self::new().with("type", name)
    }

    /// The object with a member more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.add(name, value);
        self
    }

    /// The object with a member more, if there is a value.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member.
    pub fn add(&mut self, name: &str, value: impl Into<Value>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// True without members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An object that is read: what is taken out is known, and the rest can be asked for.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, Value)>);

impl Fields {
    /// The members of an object; none of anything else.
    pub fn of(value: Value) -> Self {
        match value {
            Value::Object(members) => Self(members),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                Self::default()
            }
        }
    }

    /// Takes the last member of that name, which is no `null`; all of that name are gone then.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let mut found = None;
        while let Some(place) = self.0.iter().position(|(key, _)| key == name) {
            found = Some(self.0.remove(place).1);
        }
        found.filter(|value| *value != Value::Null)
    }

    /// Takes a text; a value of another type is gone, and none.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.take(name).and_then(Value::into_text)
    }

    /// Takes a list; none of anything else.
    pub fn list(&mut self, name: &str) -> Vec<Value> {
        self.take(name).map(Value::into_items).unwrap_or_default()
    }

    /// Takes an object's members; none of anything else.
    pub fn fields(&mut self, name: &str) -> Self {
        self.take(name).map(Self::of).unwrap_or_default()
    }

    /// Takes a boolean.
    pub fn bool(&mut self, name: &str) -> Option<bool> {
        self.take(name).and_then(|value| value.bool())
    }

    /// Takes a whole number that is not negative.
    pub fn count(&mut self, name: &str) -> Option<u64> {
        self.take(name).and_then(|value| value.count())
    }

    /// True without members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members that were not taken, without those that are `null`.
    pub fn rest(self) -> Vec<(String, Value)> {
        let mut members = self.0;
        members.retain(|(_, value)| *value != Value::Null);
        members
    }
}

impl Value {
    /// The text of a string, owned.
    pub fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The items of a list, owned; none of anything else.
    pub fn into_items(self) -> Vec<Self> {
        match self {
            Self::List(items) => items,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Object(_) => {
                Vec::new()
            }
        }
    }

    /// A boolean.
    pub fn bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Null | Self::Number(_) | Self::Text(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// A whole number that is not negative, also with a zero fraction.
    pub fn count(&self) -> Option<u64> {
        let Self::Number(text) = self else {
            return None;
        };
        text.parse().ok().or_else(|| {
            let number: f64 = text.parse().ok()?;
            let is_whole = number.fract() == 0.0 && number >= 0.0;
            is_whole.then(|| format!("{number:.0}").parse().ok())?
        })
    }

    /// The text of a member.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Self::text)
    }

    /// An object without members.
    pub fn empty_object() -> Self {
        Self::Object(Vec::new())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::List(items)
    }
}

impl From<Vec<Object>> for Value {
    fn from(items: Vec<Object>) -> Self {
        Self::List(items.into_iter().map(Self::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Fields, Object, Value};

    #[test]
    fn what_is_not_taken_is_left_over() {
        let value = Value::read(br#"{"a":1,"b":null,"c":"x","a":2.0,"d":[true]}"#).unwrap();
        let mut fields = Fields::of(value);
        assert_eq!(fields.count("a"), Some(2));
        assert_eq!(fields.text("c").as_deref(), Some("x"));
        let rest = fields.rest();
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].0, "d");
    }

    #[test]
    fn members_are_written_in_their_order() {
        let object = Object::of_type("x")
            .with("n", 1u64)
            .maybe("none", None::<bool>)
            .with("list", vec![Object::new()]);
        assert_eq!(
            Value::from(object).to_json(),
            r#"{"type":"x","n":1,"list":[{}]}"#
        );
    }
}
