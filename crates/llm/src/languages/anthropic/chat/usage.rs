//! Counts of messages: the input's classes stand beside each other, where OpenAI's sum has them in it.

use crate::cost;
use crate::json::{Cursor, JsonError, Kind, Object, Value};
use crate::meter::Meter;
use crate::usage::UsageReport;

/// The counts so far. Later ones replace earlier ones of the same name.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct Count {
    input: Option<u64>,
    output: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    cache_write_1h: Option<u64>,
    thinking: Option<u64>,
}

impl Count {
    /// Reads a usage object; a value of another type says nothing.
    pub(in super::super) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<(), JsonError> {
        if cursor.kind()? != Kind::Object {
            return cursor.skip();
        }
        cursor.object(|inner, key| match &*key.bytes() {
            b"input_tokens" => number(inner, &mut self.input),
            b"output_tokens" => number(inner, &mut self.output),
            b"cache_read_input_tokens" => number(inner, &mut self.cache_read),
            b"cache_creation_input_tokens" => number(inner, &mut self.cache_write),
            b"cache_creation" if inner.kind()? == Kind::Object => {
                inner.object(|kept, key| match &*key.bytes() {
                    b"ephemeral_1h_input_tokens" => number(kept, &mut self.cache_write_1h),
                    _ => kept.skip(),
                })
            }
            b"output_tokens_details" if inner.kind()? == Kind::Object => {
                inner.object(|details, key| match &*key.bytes() {
                    b"thinking_tokens" => number(details, &mut self.thinking),
                    _ => details.skip(),
                })
            }
            _ => inner.skip(),
        })
    }

    /// Reads a usage object of a tree.
    pub(super) fn read_value(&mut self, usage: &Value) {
        let text = usage.to_json();
        let _ = self.read(&mut Cursor::new(text.as_bytes()));
    }

    /// The counts as the sums that reports have; `None` if nothing was counted.
    pub(in super::super) fn report(&self) -> Option<UsageReport> {
        if self.input.is_none() && self.output.is_none() {
            return None;
        }
        let (read, write) = (
            self.cache_read.unwrap_or_default(),
            self.cache_write.unwrap_or_default(),
        );
        let sum = |input: u64| input.saturating_add(read).saturating_add(write);
        Some(UsageReport {
            input_tokens: self.input.map(sum),
            output_tokens: self.output,
            cached_tokens: read,
            cache_write_tokens: write,
            cache_write_1h_tokens: self.cache_write_1h.unwrap_or_default(),
            reasoning_tokens: self.thinking.unwrap_or_default(),
            ..UsageReport::default()
        })
    }
}

fn number(cursor: &mut Cursor<'_>, into: &mut Option<u64>) -> Result<(), JsonError> {
    if cursor.kind()? != Kind::Number {
        return cursor.skip();
    }
    let text = cursor.number()?.to_owned();
    *into = Value::Number(text).count().or(*into);
    Ok(())
}

/// The counts in this language.
pub(super) fn write(report: Option<&UsageReport>) -> Object {
    let classes = report.map(UsageReport::classes).unwrap_or_default();
    let (five, hour) = (classes[Meter::CacheWrite5m], classes[Meter::CacheWrite1h]);
    let read = classes[Meter::CacheRead];
    let beside = read.saturating_add(five).saturating_add(hour);
    let kept = Object::new()
        .with("ephemeral_5m_input_tokens", five)
        .with("ephemeral_1h_input_tokens", hour);
    let usage = Object::new()
        .with(
            "input_tokens",
            classes.input_tokens().saturating_sub(beside),
        )
        .with("cache_creation_input_tokens", five.saturating_add(hour))
        .with("cache_read_input_tokens", read)
        .with("cache_creation", kept)
        .with("output_tokens", classes.output_tokens());
    let thinking = classes[Meter::Reasoning];
    let details = (thinking > 0).then(|| Object::new().with("thinking_tokens", thinking));
    usage
        .maybe("output_tokens_details", details)
        .with("service_tier", "standard")
        .maybe(
            "cost",
            report.and_then(|report| report.cost_nanos).map(cost::value),
        )
}
