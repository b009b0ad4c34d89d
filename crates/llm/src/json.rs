//! A cursor over JSON text: one pass, no tree, no allocation.
//!
//! The request path has to know five fields of a body that may hold a hundred kilobytes, and has to be
//! sure that the rest is well-formed. A derived `serde` struct does that at about half a nanosecond per
//! byte, which on long prompts is more than proxying them costs; see `docs/decisions/0003`. The cursor
//! accepts exactly what `serde_json` accepts (a property test holds the two side by side), except
//! that nesting is bounded by [`DEPTH_MAX`].

mod marks;
mod number;
mod object;
mod splice;
mod text;
mod tree;
mod write;

pub use object::{Fields, Object};
pub use splice::{ValueSpan, splice};
pub use text::Text;
pub use tree::Value;
pub use write::quote;

/// The depth to which arrays and objects may nest.
pub const DEPTH_MAX: usize = 64;

/// The place where a text stops being JSON, and the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {at}")]
pub struct JsonError {
    /// The fault, in words for the author of the JSON.
    pub problem: &'static str,
    /// Offset in bytes from the beginning of the text.
    pub at: usize,
}

/// The type of the value that comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    String,
    Number,
    Bool,
    Null,
}

/// A position in a JSON text.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    takes_non_finite: bool,
}

impl<'a> Cursor<'a> {
    /// A cursor at the beginning of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            depth: 0,
            takes_non_finite: false,
        }
    }

    /// A cursor that takes `NaN`, `Infinity` and `-Infinity` for numbers. Python writes them where a
    /// probability is none, and its readers, the official client among them, take them back.
    pub fn with_non_finite(bytes: &'a [u8]) -> Self {
        Self {
            takes_non_finite: true,
            ..Self::new(bytes)
        }
    }

    /// Offset of the next byte to be read.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The type of the next value, judged by its first byte.
    pub fn kind(&mut self) -> Result<Kind, JsonError> {
        self.skip_whitespace();
        match self.bytes.get(self.at) {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b'N' | b'I') if self.takes_non_finite => Ok(Kind::Number),
            Some(_) => Err(self.error("expected a value")),
            None => Err(self.error("the text ends where a value should be")),
        }
    }

    /// Reads an object; `on_field` gets each key, and must consume its value.
    pub fn object<E, F>(&mut self, mut on_field: F) -> Result<(), E>
    where
        E: From<JsonError>,
        F: FnMut(&mut Self, Text<'a>) -> Result<(), E>,
    {
        self.open(b'{', "expected an object")?;
        if self.take(b'}') {
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.skip_whitespace();
            let key = self.string()?;
            self.expect(b':', "expected a colon after the key")?;
            on_field(self, key)?;
            if self.take(b',') {
                continue;
            }
            self.expect(b'}', "expected a comma or the end of the object")?;
            self.depth -= 1;
            return Ok(());
        }
    }

    /// Reads an array; `on_item` must consume each item.
    pub fn array<E, F>(&mut self, mut on_item: F) -> Result<(), E>
    where
        E: From<JsonError>,
        F: FnMut(&mut Self) -> Result<(), E>,
    {
        self.open(b'[', "expected an array")?;
        if self.take(b']') {
            self.depth -= 1;
            return Ok(());
        }
        loop {
            on_item(self)?;
            if self.take(b',') {
                continue;
            }
            self.expect(b']', "expected a comma or the end of the array")?;
            self.depth -= 1;
            return Ok(());
        }
    }

    /// Reads a string.
    pub fn string(&mut self) -> Result<Text<'a>, JsonError> {
        self.skip_whitespace();
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err(self.error("expected a string"));
        }
        let text = text::scan(self.bytes, self.at)?;
        self.at = text.end();
        Ok(text)
    }

    /// Reads a number and returns its text.
    pub fn number(&mut self) -> Result<&'a str, JsonError> {
        self.skip_whitespace();
        let non_finite = self
            .takes_non_finite
            .then(|| number::non_finite(self.bytes, self.at));
        let end = match non_finite.flatten() {
            Some(end) => end,
            None => number::scan(self.bytes, self.at)?,
        };
        let digits = self
            .bytes
            .get(self.at..end)
            .and_then(|b| std::str::from_utf8(b).ok());
        self.at = end;
        digits.ok_or_else(|| self.error("expected a number"))
    }

    /// Reads `true` or `false`.
    pub fn bool(&mut self) -> Result<bool, JsonError> {
        self.skip_whitespace();
        if self.bytes.get(self.at) == Some(&b't') {
            self.literal(b"true")?;
            return Ok(true);
        }
        self.literal(b"false")?;
        Ok(false)
    }

    /// Reads one value of any type and forgets it.
    pub fn skip(&mut self) -> Result<(), JsonError> {
        match self.kind()? {
            Kind::Object => self.object(|inner, _| inner.skip()),
            Kind::Array => self.array(Self::skip),
            Kind::String => self.string().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Bool => self.bool().map(drop),
            Kind::Null => self.literal(b"null"),
        }
    }

    /// Checks that nothing but white space follows.
    pub fn finish(&mut self) -> Result<(), JsonError> {
        self.skip_whitespace();
        if self.at == self.bytes.len() {
            return Ok(());
        }
        Err(self.error("something follows the end of the value"))
    }

    fn open(&mut self, bracket: u8, problem: &'static str) -> Result<(), JsonError> {
        self.expect(bracket, problem)?;
        if self.depth == DEPTH_MAX {
            return Err(self.error("nested deeper than 64 levels"));
        }
        self.depth += 1;
        Ok(())
    }

    fn expect(&mut self, byte: u8, problem: &'static str) -> Result<(), JsonError> {
        if self.take(byte) {
            return Ok(());
        }
        Err(self.error(problem))
    }

    fn take(&mut self, byte: u8) -> bool {
        self.skip_whitespace();
        let found = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn literal(&mut self, word: &'static [u8]) -> Result<(), JsonError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(());
        }
        Err(self.error("expected a value"))
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn error(&self, problem: &'static str) -> JsonError {
        JsonError {
            problem,
            at: self.at,
        }
    }
}

#[cfg(test)]
mod tests;
