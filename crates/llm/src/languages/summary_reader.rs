//! Reading the members that every operation has.

mod form_parts;

use memchr::memmem;

use crate::TranslateError;
use crate::json::{Cursor, Kind};
use crate::operation::{Input, Operation, ResponseBody};
use crate::route_ask;
use crate::summary::{BYTES_PER_TOKEN, Needs, RankDialect, RequestSummary};
use crate::usage::Units;

pub(in crate::languages) use form_parts::FormPart;

/// Collects a [`RequestSummary`] field by field.
#[derive(Default)]
pub(in crate::languages) struct SummaryReader {
    summary: RequestSummary,
    pub(in crate::languages) text_bytes: u64,
    pub(in crate::languages) extra_tokens: u64,
    choices: Option<u64>,
    /// Each has choices of its own.
    pub(in crate::languages) prompts: u64,
    output_limit: Option<u64>,
    /// Least output that may be asked for.
    output_min: u64,
    has_model: bool,
    has_stream: bool,
    needs: Needs,
}

impl SummaryReader {
    /// Reads a body; fields that every endpoint shares are taken here, the others go to `on_field`.
    pub(in crate::languages) fn read<F>(body: &[u8], on_field: F) -> Result<Self, TranslateError>
    where
        F: FnMut(&mut Self, &mut Cursor<'_>, &[u8]) -> Result<(), TranslateError>,
    {
        Self::read_with_output_of(1, body, on_field)
    }

    /// Reads a request in which so little output may be asked for.
    pub(in crate::languages) fn read_with_output_of<F>(
        output_min: u64,
        body: &[u8],
        mut on_field: F,
    ) -> Result<Self, TranslateError>
    where
        F: FnMut(&mut Self, &mut Cursor<'_>, &[u8]) -> Result<(), TranslateError>,
    {
        let mut reader = Self {
            output_min,
            ..Self::default()
        };
        reader.read_members(body, |reader, inner, key| {
            if reader.shared_field(inner, key)? {
                Ok(())
            } else {
                on_field(reader, inner, key)
            }
        })?;
        if !reader.has_model {
            return Err(TranslateError::Missing { param: "model" });
        }
        Ok(reader)
    }

    /// Reads a request that may leave the model out, and means this one then.
    pub(in crate::languages) fn read_or_model<F>(
        model: &str,
        body: &[u8],
        mut on_field: F,
    ) -> Result<Self, TranslateError>
    where
        F: FnMut(&mut Self, &mut Cursor<'_>, &[u8]) -> Result<(), TranslateError>,
    {
        let mut reader = Self::default();
        reader.read_members(body, |reader, inner, key| match (key, inner.kind()?) {
            (b"model", Kind::Null) => {
                let start = inner.at();
                inner.skip()?;
                reader.summary.spans.model = start..inner.at();
                Ok(())
            }
            (b"model", _) => reader.model(inner),
            _ => on_field(reader, inner, key),
        })?;
        if !reader.has_model {
            model.clone_into(&mut reader.summary.model);
        }
        Ok(reader)
    }

    /// Reads a body of a language that has model and stream elsewhere, and shares no field with others.
    pub(in crate::languages) fn read_without_model<F>(
        body: &[u8],
        on_field: F,
    ) -> Result<Self, TranslateError>
    where
        F: FnMut(&mut Self, &mut Cursor<'_>, &[u8]) -> Result<(), TranslateError>,
    {
        let mut reader = Self {
            output_min: 1,
            ..Self::default()
        };
        reader.read_members(body, on_field)?;
        Ok(reader)
    }

    /// The number of choices that is asked for, one if the request does not say.
    pub(in crate::languages) fn choices_asked(&self) -> u64 {
        self.choices.unwrap_or(1)
    }

    fn read_members<F>(&mut self, body: &[u8], mut on_field: F) -> Result<(), TranslateError>
    where
        F: FnMut(&mut Self, &mut Cursor<'_>, &[u8]) -> Result<(), TranslateError>,
    {
        let mut cursor = Cursor::new(body);
        if cursor.kind()? != Kind::Object {
            return Err(TranslateError::WrongType {
                param: "body",
                expected: "a JSON object",
            });
        }
        let mut asks_no_routing = true;
        cursor.object(|inner, key| {
            let name = key.bytes();
            asks_no_routing &= !route_ask::is_asked_by(&name);
            on_field(self, inner, &name)
        })?;
        cursor.finish()?;
        self.summary.asks_no_routing = asks_no_routing;
        self.summary.spans.end = end_of_object(body);
        Ok(())
    }

    /// The finished summary.
    pub(in crate::languages) fn finish(self, operation: &Operation) -> RequestSummary {
        let mut summary = self.summary;
        summary.input_tokens_estimate = self
            .text_bytes
            .div_ceil(BYTES_PER_TOKEN)
            .saturating_add(self.extra_tokens);
        summary.is_streamed &= matches!(
            operation.response,
            ResponseBody::JsonOrEvents | ResponseBody::BytesOrEvents
        );
        // Only chat has an option for it: elsewhere usage is a part of the last event.
        summary.includes_usage |= !operation.input.is_conversation();
        summary.has_output = operation.has_output_tokens();
        // Models of other types have no abilities to choose by.
        if matches!(
            operation.input,
            Input::Messages | Input::Prompt | Input::Unread
        ) {
            summary.needs = self.needs;
        }
        summary.output_tokens_max = self.output_limit;
        let choices = self.choices.unwrap_or(1);
        summary.choices = choices.saturating_mul(self.prompts.max(1));
        summary
    }

    fn shared_field(
        &mut self,
        cursor: &mut Cursor<'_>,
        key: &[u8],
    ) -> Result<bool, TranslateError> {
        match key {
            b"model" => self.model(cursor)?,
            b"stream" => self.stream(cursor)?,
            b"stream_options" => self.stream_options(cursor)?,
            b"n" => self.count_choices(cursor, "n")?,
            b"max_tokens" => {
                self.limit_output(cursor, "max_tokens")?;
                self.summary.spans.has_max_tokens = true;
            }
            b"max_completion_tokens" => {
                cursor.kind()?;
                let start = cursor.at();
                self.limit_output(cursor, "max_completion_tokens")?;
                self.summary.spans.max_completion_tokens = Some(start..cursor.at());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn model(&mut self, cursor: &mut Cursor<'_>) -> Result<(), TranslateError> {
        if std::mem::replace(&mut self.has_model, true) {
            return Err(TranslateError::Duplicate { param: "model" });
        }
        if cursor.kind()? != Kind::String {
            return Err(TranslateError::WrongType {
                param: "model",
                expected: "a string",
            });
        }
        let name = cursor.string()?;
        self.summary.model = name.decode().into_owned();
        self.summary.spans.model = name.start()..name.end();
        if self.summary.model.is_empty() {
            return Err(TranslateError::OutOfRange {
                param: "model",
                expected: "the id of a model",
            });
        }
        Ok(())
    }

    fn stream(&mut self, cursor: &mut Cursor<'_>) -> Result<(), TranslateError> {
        if std::mem::replace(&mut self.has_stream, true) {
            return Err(TranslateError::Duplicate { param: "stream" });
        }
        match cursor.kind()? {
            Kind::Bool => self.summary.is_streamed = cursor.bool()?,
            Kind::Null => cursor.skip()?,
            Kind::Object | Kind::Array | Kind::String | Kind::Number => {
                return Err(TranslateError::WrongType {
                    param: "stream",
                    expected: "a boolean",
                });
            }
        }
        Ok(())
    }

    fn stream_options(&mut self, cursor: &mut Cursor<'_>) -> Result<(), TranslateError> {
        if self.summary.spans.stream_options.is_some() {
            return Err(TranslateError::Duplicate {
                param: "stream_options",
            });
        }
        let kind = cursor.kind()?;
        let start = cursor.at();
        match kind {
            Kind::Object => cursor.object(|inner, key| {
                if *key.bytes() != *b"include_usage" || inner.kind()? != Kind::Bool {
                    return inner.skip();
                }
                self.summary.includes_usage = inner.bool()?;
                Ok(())
            })?,
            Kind::Null => cursor.skip()?,
            Kind::Array | Kind::String | Kind::Number | Kind::Bool => {
                return Err(TranslateError::WrongType {
                    param: "stream_options",
                    expected: "an object",
                });
            }
        }
        self.summary.spans.stream_options = Some(start..cursor.at());
        Ok(())
    }

    /// Notes the amounts that are no tokens.
    pub(in crate::languages) fn set_units(&mut self, units: Units) {
        self.summary.units = units;
    }

    /// Notes the form of the response: events, or bytes that are no JSON.
    pub(in crate::languages) fn set_response(&mut self, is_streamed: bool, is_bytes: bool) {
        self.summary.is_streamed = is_streamed;
        self.summary.has_bytes_response = is_bytes;
    }

    /// Notes that the request is written as so.
    pub(in crate::languages) fn set_rank_dialect(&mut self, dialect: RankDialect) {
        self.summary.spans.rank_dialect = dialect;
    }

    /// Reads the bound on the documents that a ranking returns.
    pub(in crate::languages) fn limit_ranked(
        &mut self,
        cursor: &mut Cursor<'_>,
        param: &'static str,
    ) -> Result<(), TranslateError> {
        cursor.kind()?;
        let start = cursor.at();
        if positive(cursor, param)?.is_none() {
            return Ok(());
        }
        let span = start..cursor.at();
        match self.summary.spans.ranked_max.replace(span) {
            Some(_) => Err(TranslateError::Duplicate { param }),
            None => Ok(()),
        }
    }

    /// Of several numbers the largest counts: which of them a provider goes by, it decides itself.
    pub(in crate::languages) fn count_choices(
        &mut self,
        cursor: &mut Cursor<'_>,
        param: &'static str,
    ) -> Result<(), TranslateError> {
        let choices = positive(cursor, param)?;
        self.choices = self.choices.max(choices);
        Ok(())
    }

    /// Of several numbers the largest counts.
    pub(in crate::languages) fn limit_output(
        &mut self,
        cursor: &mut Cursor<'_>,
        param: &'static str,
    ) -> Result<(), TranslateError> {
        let limit = match self.output_min {
            0 => not_negative(cursor, param)?,
            _ => positive(cursor, param)?,
        };
        self.output_limit = self.output_limit.max(limit);
        Ok(())
    }
}

/// Reads a positive integer or `null`.
pub(in crate::languages) fn positive(
    cursor: &mut Cursor<'_>,
    param: &'static str,
) -> Result<Option<u64>, TranslateError> {
    let expected = "an integer of at least 1";
    match not_negative(cursor, param) {
        Ok(Some(0)) | Err(TranslateError::OutOfRange { .. }) => {
            Err(TranslateError::OutOfRange { param, expected })
        }
        read => read,
    }
}

/// Reads an integer that is not negative, or `null`.
fn not_negative(
    cursor: &mut Cursor<'_>,
    param: &'static str,
) -> Result<Option<u64>, TranslateError> {
    match cursor.kind()? {
        Kind::Null => {
            cursor.skip()?;
            Ok(None)
        }
        Kind::Number => match cursor.number()?.parse::<u64>() {
            Err(_) => Err(TranslateError::OutOfRange {
                param,
                expected: "an integer of at least 0",
            }),
            Ok(value) => Ok(Some(value)),
        },
        Kind::Object | Kind::Array | Kind::String | Kind::Bool => Err(TranslateError::WrongType {
            param,
            expected: "an integer",
        }),
    }
}

fn end_of_object(body: &[u8]) -> usize {
    body.iter()
        .rposition(|&byte| byte == b'}')
        .expect("an object that was read ends in a brace")
}

/// The types of the parts of a prompt that are pictures.
const PICTURES: [&[u8]; 3] = [b"image", b"input_image", b"image_url"];

/// Tokens assumed for a picture or a document, whose bytes say nothing of them.
const TOKENS_PER_MEDIA: u64 = 1_000;

/// Members that hold a picture or a document.
const MEDIA: [&[u8]; 7] = [
    b"source",
    b"image_url",
    b"file_data",
    b"file_id",
    b"inlineData",
    b"inline_data",
    b"fileData",
];

/// Members that hold a schema.
const SCHEMAS: [&[u8]; 4] = [
    b"input_schema",
    b"parameters",
    b"parametersJsonSchema",
    b"schema",
];

/// Members whose text is no text of a prompt.
const NOT_PROMPT: [&[u8]; 14] = [
    b"thoughtSignature",
    b"thought_signature",
    b"fileUri",
    b"mimeType",
    b"mime_type",
    b"data",
    b"signature",
    b"encrypted_content",
    b"encrypted_index",
    b"image_url",
    b"file_data",
    b"type",
    b"id",
    b"role",
];

impl SummaryReader {
    /// Notes that the prompt has a picture.
    pub(in crate::languages) fn note_picture(&mut self) {
        self.needs.vision = true;
    }

    /// Notes the list of the client's tools, by its text.
    pub(in crate::languages) fn note_tools(&mut self, list: &[u8]) {
        self.needs.tools |= list.contains(&b'{');
    }

    /// Notes the form that the response is wanted in, by the text of what the client says of it.
    pub(in crate::languages) fn note_form(&mut self, form: &[u8]) {
        self.needs.json_schema |= memmem::find(form, b"\"json_schema\"").is_some();
    }

    /// Notes that the response is wanted in the form of a schema.
    pub(in crate::languages) fn note_schema(&mut self) {
        self.needs.json_schema = true;
    }

    /// Passes over a value, and gives its text.
    pub(in crate::languages) fn skipped<'a>(
        cursor: &mut Cursor<'_>,
        body: &'a [u8],
    ) -> Result<&'a [u8], TranslateError> {
        let start = cursor.at();
        cursor.skip()?;
        Ok(body.get(start..cursor.at()).unwrap_or_default())
    }

    /// Counts the text of a value, wherever it stands, and what is no text by its number.
    pub(in crate::languages) fn count_prompt(
        &mut self,
        cursor: &mut Cursor<'_>,
    ) -> Result<(), TranslateError> {
        match cursor.kind()? {
            Kind::String => self.text_bytes += cursor.string()?.raw().len() as u64,
            Kind::Array => cursor.array(|inner| self.count_prompt(inner))?,
            Kind::Object => cursor.object(|inner, key| {
                let key = key.bytes();
                if MEDIA.contains(&&*key) {
                    self.extra_tokens += TOKENS_PER_MEDIA;
                }
                // Schemas are prompts to their last bracket.
                if SCHEMAS.contains(&&*key) {
                    let start = inner.at();
                    inner.skip()?;
                    self.text_bytes += (inner.at() - start) as u64;
                    return Ok(());
                }
                if *key == *b"type" && inner.kind()? == Kind::String {
                    let is_picture = PICTURES.contains(&inner.string()?.raw());
                    self.needs.vision |= is_picture;
                    return Ok(());
                }
                if matches!(&*key, b"mimeType" | b"mime_type") && inner.kind()? == Kind::String {
                    self.needs.vision |= inner.string()?.raw().starts_with(b"image/");
                    return Ok(());
                }
                // What a model called a tool with is no part of the prompt's own.
                if *key == *b"input" {
                    let has_picture = self.needs.vision;
                    self.count_prompt(inner)?;
                    self.needs.vision = has_picture;
                    return Ok(());
                }
                if NOT_PROMPT.contains(&&*key) && inner.kind()? == Kind::String {
                    return Ok(inner.skip()?);
                }
                self.count_prompt(inner)
            })?,
            Kind::Number | Kind::Bool | Kind::Null => cursor.skip()?,
        }
        Ok(())
    }
}
