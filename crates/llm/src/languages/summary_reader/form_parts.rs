//! Reading the parts that every operation with a form has.

use super::SummaryReader;
use crate::TranslateError;
use crate::form;
use crate::json::ValueSpan;

/// A part of a form, as its readers see it.
#[derive(Debug)]
pub(in crate::languages) struct FormPart<'a> {
    pub(in crate::languages) name: &'a str,
    pub(in crate::languages) value: &'a [u8],
}

impl<'a> FormPart<'a> {
    /// The value as a text; empty if it is none.
    pub(in crate::languages) fn text(&self) -> &'a str {
        str::from_utf8(self.value).unwrap_or_default().trim()
    }

    fn bool(&self, param: &'static str) -> Result<bool, TranslateError> {
        match &*self.text().to_ascii_lowercase() {
            "true" | "1" => Ok(true),
            "false" | "0" | "" => Ok(false),
            _ => Err(TranslateError::WrongType {
                param,
                expected: "a boolean",
            }),
        }
    }

    fn positive(&self, param: &'static str) -> Result<Option<u64>, TranslateError> {
        if self.text().is_empty() {
            return Ok(None);
        }
        let number = self.text().parse().ok().filter(|number| *number > 0);
        number.map(Some).ok_or(TranslateError::OutOfRange {
            param,
            expected: "an integer of at least 1",
        })
    }
}

impl SummaryReader {
    /// Reads a form; parts that every operation shares are taken here, the others go to `on_part`.
    pub(in crate::languages) fn read_form<F>(
        body: &[u8],
        mut on_part: F,
    ) -> Result<Self, TranslateError>
    where
        F: FnMut(&mut Self, &FormPart<'_>) -> Result<(), TranslateError>,
    {
        let mut reader = Self {
            output_min: 1,
            ..Self::default()
        };
        for part in form::parts(body)? {
            let value = body.get(part.span.clone()).unwrap_or_default();
            let shown = FormPart {
                name: &part.name,
                value,
            };
            match &*part.name {
                "model" => reader.model_of_form(&shown, part.span)?,
                "stream" => reader.summary.is_streamed = shown.bool("stream")?,
                "n" => {
                    let n = shown.positive("n")?;
                    reader.choices = reader.choices.max(n);
                }
                _ => on_part(&mut reader, &shown)?,
            }
        }
        if !reader.has_model {
            return Err(TranslateError::Missing { param: "model" });
        }
        reader.summary.spans.is_form = true;
        reader.summary.spans.end = body.len();
        Ok(reader)
    }

    fn model_of_form(
        &mut self,
        part: &FormPart<'_>,
        span: ValueSpan,
    ) -> Result<(), TranslateError> {
        if std::mem::replace(&mut self.has_model, true) {
            return Err(TranslateError::Duplicate { param: "model" });
        }
        part.text().clone_into(&mut self.summary.model);
        self.summary.spans.model = span;
        if self.summary.model.is_empty() {
            return Err(TranslateError::OutOfRange {
                param: "model",
                expected: "the id of a model",
            });
        }
        Ok(())
    }
}
