//! Reading whole responses: usage, units, and where the model and the list of results are named.

use super::super::response::refusal_or;
use super::super::signs::Signs;
use crate::error::UpstreamError;
use crate::json::{Cursor, JsonError, Kind};
use crate::language::ResponseSpans;
use crate::refusal;
use crate::summary::RankDialect;
use crate::usage::{Units, UsageReport, count};

/// Longest sound that is believed, in seconds: a week.
const SECONDS_MAX: f64 = 604_800.0;

pub(super) fn read(body: &[u8], lists_images: bool) -> Result<ResponseSpans, UpstreamError> {
    let mut response = ResponseSpans::default();
    let mut units = Units::default();
    let mut signs = Signs::default();
    let mut cursor = Cursor::with_non_finite(body);
    let read = cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"usage", Kind::Object) => {
            let start = inner.at();
            usage(inner, &mut response.usage, &mut units)?;
            response.usage_span = Some(start..inner.at());
            Ok(())
        }
        // Cohere's.
        (b"meta", Kind::Object) => billed_units(inner, &mut response.usage, &mut units),
        (b"model", Kind::String) => {
            let name = inner.string()?;
            response.model_span = Some(name.start()..name.end());
            Ok(())
        }
        (b"data", Kind::Array) if lists_images => {
            signs.note_payload();
            units.images = 0;
            inner.array(|item| {
                units.images += 1;
                item.skip()
            })
        }
        (name @ (b"data" | b"results"), Kind::Array) => {
            signs.note_payload();
            let dialect = if name == b"data" {
                RankDialect::TopK
            } else {
                RankDialect::TopN
            };
            response.list_name = Some((key.start()..key.end(), dialect));
            inner.skip()
        }
        (b"duration", Kind::Number) => {
            units.seconds = units.seconds.max(seconds(inner)?);
            Ok(())
        }
        (b"text" | b"audio_data", Kind::String) => {
            signs.note_payload();
            inner.skip()
        }
        (name, _) => signs.member(inner, name),
    });
    if read.and_then(|()| cursor.finish()).is_err() {
        return Err(refusal_or(body, "the response is not a JSON object"));
    }
    if signs.mean_failure() {
        return Err(refusal::classify_unmarked(body));
    }
    if !units.is_empty() {
        response.usage.get_or_insert_default().units = units;
    }
    split_pictures(&mut response.usage, lists_images);
    response.is_empty = lists_images && units.images == 0;
    Ok(response)
}

/// Reads a usage object: tokens, searches and seconds.
pub(super) fn usage(
    cursor: &mut Cursor<'_>,
    report: &mut Option<UsageReport>,
    units: &mut Units,
) -> Result<(), JsonError> {
    let mut again = cursor.clone();
    UsageReport::read_into(cursor, report)?;
    again.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"search_units", _) => {
            units.searches = units.searches.max(count(inner)?.unwrap_or_default());
            Ok(())
        }
        (b"seconds", Kind::Number) => {
            units.seconds = units.seconds.max(seconds(inner)?);
            Ok(())
        }
        _ => inner.skip(),
    })
}

/// Tokens of pictures have meters of their own where pictures are made. What is generated there is pictures, unless
/// the provider says otherwise.
pub(super) fn split_pictures(report: &mut Option<UsageReport>, lists_images: bool) {
    let Some(report) = report.as_mut().filter(|_| lists_images) else {
        return;
    };
    let generated = match report.picture_output_tokens {
        0 => report.output_tokens.unwrap_or_default(),
        tokens => tokens,
    };
    report.split_picture_tokens = [report.picture_input_tokens, generated];
}

/// Cohere bills searches, or tokens, beside the usage that others report.
fn billed_units(
    cursor: &mut Cursor<'_>,
    report: &mut Option<UsageReport>,
    units: &mut Units,
) -> Result<(), JsonError> {
    cursor.object(|inner, key| match (&*key.bytes(), inner.kind()?) {
        (b"billed_units", Kind::Object) => usage(inner, report, units),
        _ => inner.skip(),
    })
}

/// A length in seconds, the last one whole.
fn seconds(cursor: &mut Cursor<'_>) -> Result<u64, JsonError> {
    let seconds: f64 = cursor.number()?.parse().unwrap_or_default();
    if !(0.0..=SECONDS_MAX).contains(&seconds) {
        return Ok(0);
    }
    Ok(format!("{:.0}", seconds.ceil()).parse().unwrap_or_default())
}
