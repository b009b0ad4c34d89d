//! Counts of chat: of the tokens that the model read and wrote. What is billed is fewer, and is no count of them.

use crate::json::Value;
use crate::usage::UsageReport;

/// The counts of a usage object; `None` if nothing was counted.
pub(super) fn read(usage: &Value) -> Option<UsageReport> {
    let counts = usage.get("tokens").or_else(|| usage.get("billed_units"))?;
    let count = |name| counts.get(name).and_then(Value::count);
    let (input, output) = (count("input_tokens"), count("output_tokens"));
    if input.is_none() && output.is_none() {
        return None;
    }
    let cached = usage.get("cached_tokens").and_then(Value::count);
    Some(UsageReport {
        input_tokens: input,
        output_tokens: output,
        cached_tokens: cached.unwrap_or_default(),
        reasoning_tokens: count("reasoning_tokens").unwrap_or_default(),
        ..UsageReport::default()
    })
}
