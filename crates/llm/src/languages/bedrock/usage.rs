//! Counts of converse: what was read from the cache and written to it stands beside the input, under two names.

use crate::json::Value;
use crate::usage::UsageReport;

/// The counts of a usage object; `None` if nothing was counted.
pub(super) fn read(usage: &Value) -> Option<UsageReport> {
    let count = |name| usage.get(name).and_then(Value::count);
    let (input, output) = (count("inputTokens"), count("outputTokens"));
    if input.is_none() && output.is_none() {
        return None;
    }
    let either = |one, other| count(one).max(count(other)).unwrap_or_default();
    let cached = either("cacheReadInputTokens", "cacheReadInputTokenCount");
    let written = either("cacheWriteInputTokens", "cacheWriteInputTokenCount");
    let sum = |input: u64| input.saturating_add(cached).saturating_add(written);
    Some(UsageReport {
        input_tokens: input.map(sum),
        output_tokens: output,
        cached_tokens: cached,
        cache_write_tokens: written,
        cache_write_1h_tokens: for_an_hour(usage),
        ..UsageReport::default()
    })
}

/// The tokens that were written for an hour.
fn for_an_hour(usage: &Value) -> u64 {
    let details = usage.get("cacheDetails").map_or(&[][..], Value::items);
    let of_hour = details
        .iter()
        .filter(|detail| detail.text_of("ttl") == Some("1h"));
    let counts = of_hour.filter_map(|detail| detail.get("inputTokens")?.count());
    counts.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::{Value, read};

    #[test]
    fn the_cache_is_added_to_the_input_once_though_it_has_two_names() {
        let usage = br#"{"inputTokens":6,"outputTokens":3,"totalTokens":14931,"cacheReadInputTokenCount":14922,"cacheReadInputTokens":14922}"#;
        let report = read(&Value::read(usage).unwrap()).unwrap();
        assert_eq!(report.input_tokens, Some(14_928));
        assert_eq!(report.cached_tokens, 14_922);
    }
}
