//! The cost of a response in its own usage: `usage.cost`, in dollars.

use std::fmt::Debug;

use crate::json::{Cursor, JsonError, Value, ValueSpan};
use crate::usage::UsageReport;

/// Nanos of a dollar.
const NANOS: u64 = 1_000_000_000;
/// The name of the member.
const MEMBER: &str = "cost";

/// Computes the cost of a response for its client.
pub trait Charges: Send + Sync + Debug {
    /// The cost in nanos of a dollar; `None` where the provider's count does not say it.
    fn nanos(&self, usage: &UsageReport) -> Option<u64>;
}

/// An amount in dollars, as a number of JSON: `0.00125`.
pub fn dollars(nanos: u64) -> String {
    let (whole, rest) = (nanos / NANOS, nanos % NANOS);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = format!("{rest:09}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// An amount in dollars as a value.
pub(crate) fn value(nanos: u64) -> Value {
    Value::Number(dollars(nanos))
}

/// The edit that puts the cost into the usage object at this place: in the place of the provider's own, or at the end.
pub(crate) fn edit(body: &[u8], usage: &ValueSpan, nanos: u64) -> Option<(ValueSpan, String)> {
    let object = body.get(usage.clone())?;
    let mut own = None;
    let mut is_empty = true;
    let mut cursor = Cursor::with_non_finite(object);
    let read = cursor.object(|inner, key| {
        is_empty = false;
        inner.kind()?;
        let start = inner.at();
        inner.skip()?;
        if *key.bytes() == *MEMBER.as_bytes() {
            own = Some(start..inner.at());
        }
        Ok::<(), JsonError>(())
    });
    read.ok()?;
    let cost = dollars(nanos);
    if let Some(own) = own {
        let at = usage.start;
        return Some((at + own.start..at + own.end, cost));
    }
    let end = usage.end.checked_sub(1)?;
    let comma = if is_empty { "" } else { "," };
    Some((end..end, format!(r#"{comma}"{MEMBER}":{cost}"#)))
}

#[cfg(test)]
mod tests {
    use super::{dollars, edit};
    use crate::json::splice;

    #[test]
    fn amounts_are_exact() {
        for (nanos, text) in [
            (0, "0"),
            (1, "0.000000001"),
            (1_250_000, "0.00125"),
            (2_000_000_000, "2"),
            (12_345_678_901, "12.345678901"),
            (u64::MAX, "18446744073.709551615"),
        ] {
            assert_eq!(dollars(nanos), text);
        }
    }

    #[test]
    fn the_cost_stands_in_the_place_of_the_providers_own_or_at_the_end() {
        for (usage, expected) in [
            (
                r#"{"total_tokens": 3 }"#,
                r#"{"total_tokens": 3 ,"cost":0.5}"#,
            ),
            (
                r#"{"cost": 0.25,"a":{"cost":1}}"#,
                r#"{"cost": 0.5,"a":{"cost":1}}"#,
            ),
            ("{}", r#"{"cost":0.5}"#),
        ] {
            let body = format!(r#"{{"x":1,"usage":{usage}}}"#);
            let start = body.find(usage).unwrap();
            let edit = edit(body.as_bytes(), &(start..start + usage.len()), 500_000_000).unwrap();
            let spliced = splice(body.as_bytes(), &[edit]);
            assert_eq!(spliced, format!(r#"{{"x":1,"usage":{expected}}}"#));
        }
    }
}
