//! Counts: `usageMetadata`, in which thoughts stand beside what was said, and the cached part within the prompt.

use crate::cost;
use crate::json::{Object, Value};
use crate::meter::{Meter, Usage};
use crate::usage::UsageReport;

/// Reads a count, as sums that include their parts; `None` for one that has no number yet.
pub(in super::super) fn read(usage: &Value) -> Option<UsageReport> {
    let number = |name: &str| usage.get(name).and_then(Value::count);
    let prompt = number("promptTokenCount");
    let said = number("candidatesTokenCount");
    let thoughts = number("thoughtsTokenCount");
    let total = number("totalTokenCount");
    prompt.or(said).or(thoughts).or(total)?;
    let of_tools = number("toolUsePromptTokenCount").unwrap_or_default();
    let output = said.unwrap_or_default();
    Some(UsageReport {
        input_tokens: prompt.map(|prompt| prompt.saturating_add(of_tools)),
        output_tokens: Some(output.saturating_add(thoughts.unwrap_or_default())),
        total_tokens: total,
        cached_tokens: number("cachedContentTokenCount").unwrap_or_default(),
        reasoning_tokens: thoughts.unwrap_or_default(),
        audio_input_tokens: of_modality(usage, "promptTokensDetails", "AUDIO"),
        audio_output_tokens: of_modality(usage, "candidatesTokensDetails", "AUDIO"),
        ..UsageReport::default()
    })
}

fn of_modality(usage: &Value, details: &str, modality: &str) -> u64 {
    let details = usage.get(details).map(Value::items).unwrap_or_default();
    let of_it = details
        .iter()
        .filter(|detail| detail.text_of("modality") == Some(modality));
    of_it
        .filter_map(|detail| detail.get("tokenCount").and_then(Value::count))
        .fold(0, u64::saturating_add)
}

/// Writes a count.
pub(super) fn write(report: &UsageReport) -> Object {
    let classes = report.classes();
    let (input, output) = (classes.input_tokens(), classes.output_tokens());
    let given = |meter| Some(classes[meter]).filter(|tokens| *tokens > 0);
    Object::new()
        .with("promptTokenCount", input)
        .with(
            "candidatesTokenCount",
            output.saturating_sub(classes[Meter::Reasoning]),
        )
        .maybe("thoughtsTokenCount", given(Meter::Reasoning))
        .maybe("cachedContentTokenCount", given(Meter::CacheRead))
        .with("totalTokenCount", input.saturating_add(output))
        .with(
            "promptTokensDetails",
            details(&classes, input, Meter::AudioInput),
        )
        .maybe("cost", report.cost_nanos.map(cost::value))
}

fn details(classes: &Usage, all: u64, audio: Meter) -> Vec<Object> {
    let detail = |modality: &str, tokens: u64| {
        Object::new()
            .with("modality", modality)
            .with("tokenCount", tokens)
    };
    let audio = classes[audio];
    let mut details = vec![detail("TEXT", all.saturating_sub(audio))];
    if audio > 0 {
        details.push(detail("AUDIO", audio));
    }
    details
}
