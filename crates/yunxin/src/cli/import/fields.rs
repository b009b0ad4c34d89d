//! Reading the columns of another program, whose types differ from engine to engine.

use serde_json::Value;
use store::db::ForeignRow;

const SECOND_MS: i64 = 1_000;

/// The text of a column; empty where there is none.
pub(super) fn text(row: &ForeignRow, name: &str) -> String {
    match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The number of a column.
pub(super) fn int(row: &ForeignRow, name: &str) -> Option<i64> {
    match row.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::Bool(flag) => Some(i64::from(*flag)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The number of a column, which may have a fraction.
pub(super) fn number(row: &ForeignRow, name: &str) -> Option<f64> {
    match row.get(name)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The whole number of a column.
pub(super) fn whole(row: &ForeignRow, name: &str) -> Option<i64> {
    match row.get(name)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The flag of a column: SQLite has 0 and 1.
pub(super) fn flag(row: &ForeignRow, name: &str) -> bool {
    int(row, name).is_some_and(|number| number != 0)
}

/// The entries of a list: a text with `separator`s, an array, or the text of one.
pub(super) fn list(row: &ForeignRow, name: &str, separator: char) -> Vec<String> {
    let entries = |values: &[Value]| {
        let texts = values.iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    match row.get(name) {
        Some(Value::Array(values)) => entries(values),
        Some(Value::String(text)) if text.trim_start().starts_with('[') => {
            let parsed = serde_json::from_str::<Vec<Value>>(text);
            entries(&parsed.unwrap_or_default())
        }
        Some(Value::String(text)) => {
            let parts = text.split(separator).map(str::trim);
            parts
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        }
        _ => vec![],
    }
}

/// The object of a column: JSON, or the text of it.
pub(super) fn object(row: &ForeignRow, name: &str) -> ForeignRow {
    match row.get(name) {
        Some(Value::Object(object)) => object.clone(),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => ForeignRow::new(),
    }
}

/// A time in seconds since 1970, in milliseconds; `None` where it says never.
pub(super) fn time_ms(row: &ForeignRow, name: &str) -> Option<i64> {
    int(row, name)
        .filter(|seconds| *seconds > 0)?
        .checked_mul(SECOND_MS)
}

/// Dollars of a number with a fraction, in nano-dollars, to the nearest.
pub(super) fn nanos_of_dollars(dollars: f64) -> Option<i64> {
    let nanos = (dollars * 1e9).round();
    #[expect(clippy::cast_possible_truncation, reason = "looked at right before")]
    (nanos.abs() < 9e18).then_some(nanos as i64)
}

/// Dollars as a decimal number of at most nine places.
pub(super) fn decimal(dollars: f64) -> Option<String> {
    let nanos = nanos_of_dollars(dollars).filter(|nanos| *nanos >= 0)?;
    Some(super::super::credits::dollars(nanos))
}
