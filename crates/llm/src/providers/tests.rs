use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{PROVIDERS, find};
use crate::provider::{Address, Group, Trait};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/replay/corpus")
}

#[test]
fn kinds_are_in_alphabetical_order_and_unique() {
    let kinds: Vec<&str> = PROVIDERS.iter().map(|provider| provider.kind).collect();
    assert!(kinds.is_sorted_by(|one, next| one < next), "{kinds:?}");
}

/// The row of a provider in the documentation, which the page has to have word for word.
fn documented(provider: &crate::Provider) -> String {
    let address = match provider.base_url {
        Some(url) => format!("`{url}`"),
        None => "`base_url` needed".to_owned(),
    };
    let variables = provider.variables();
    let variables: Vec<String> = variables
        .iter()
        .map(|variable| match variable.default {
            Some(default) => format!("`{}` ({default})", variable.name),
            None => format!("`{}`", variable.name),
        })
        .collect();
    let mut quirks: Vec<&str> = provider
        .quirks
        .iter()
        .map(|quirk| quirk.is.words())
        .collect();
    quirks.dedup();
    format!(
        "| `{}` | {} | {address} | {} | {} | {} |",
        provider.kind,
        provider.label,
        variables.join(", "),
        provider.auth.method(),
        quirks.join("; ")
    )
}

#[test]
fn the_documentation_has_the_row_of_every_kind() {
    let page = include_str!("../../../../docs/site/provider-kinds.md");
    let missing: Vec<String> = PROVIDERS
        .iter()
        .map(documented)
        .filter(|row| !page.lines().any(|line| line == row))
        .collect();
    assert!(
        missing.is_empty(),
        "not in docs/site/provider-kinds.md:\n{}",
        missing.join("\n")
    );
    let rows = page.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, PROVIDERS.len());
}

#[test]
fn addresses_are_whole_when_their_variables_are_filled_in() {
    for provider in &PROVIDERS {
        let Some(template) = provider.base_url else {
            continue;
        };
        let values = provider
            .variables()
            .iter()
            .map(|variable| (variable.name.to_owned(), "value-1".to_owned()))
            .collect();
        let url = Address::resolve(template, &values).unwrap();
        let is_local = provider.group == Group::OwnServer && url.starts_with("http://127.0.0.1:");
        assert!(url.starts_with("https://") || is_local, "{url}");
        assert!(
            !url.contains(['{', '}', '?', '#']) && !url.ends_with('/'),
            "{url}"
        );
    }
}

/// The events of a recorded stream, and its text.
fn events(text: &str) -> Vec<Value> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("data:"));
    lines
        .filter_map(|data| serde_json::from_str(data.trim()).ok())
        .collect()
}

fn deltas(events: &[Value]) -> Vec<&Value> {
    choices(events)
        .iter()
        .map(|choice| &choice["delta"])
        .collect()
}

fn choices(events: &[Value]) -> Vec<&Value> {
    let choices = events
        .iter()
        .filter_map(|event| event["choices"].as_array());
    choices.flatten().collect()
}

fn calls<'a>(messages: &[&'a Value]) -> Vec<&'a Value> {
    let calls = messages
        .iter()
        .filter_map(|message| message["tool_calls"].as_array());
    calls.flatten().collect()
}

fn is_whole(call: &Value) -> bool {
    let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
    call["id"].is_string()
        && arguments.len() > 2
        && serde_json::from_str::<Value>(arguments).is_ok()
}

/// True for a request with an assistant's turn that has this member.
fn sent(member: &str, recording: &Value) -> bool {
    let messages = recording["request"]["body"]["messages"].as_array();
    let mut messages = messages.into_iter().flatten();
    messages.any(|message| message["role"] == "assistant" && !message[member].is_null())
}

/// Tells that a recording shows a quirk.
fn shows(is: Trait, recording: &Value) -> bool {
    let response = &recording["response"];
    let stream = match &response["stream"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    };
    let body = &response["body"];
    let events = events(&stream);
    let mut messages = deltas(&events);
    let whole = body["choices"].as_array();
    messages.extend(
        whole
            .iter()
            .flat_map(|all| all.iter())
            .map(|one| &one["message"]),
    );
    let ids: Vec<&str> = calls(&messages)
        .iter()
        .filter_map(|call| call["id"].as_str())
        .collect();
    let with_usage = events.iter().filter(|event| event["usage"].is_object());
    let has_choices = |event: &&Value| {
        event["choices"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    };
    let member = |name: &str| messages.iter().any(|message| message[name].is_string());
    match is {
        Trait::MaxTokensOnly | Trait::NewerOutputLimit => false,
        Trait::ThoughtsBack => sent("reasoning_content", recording),
        Trait::DetailsBack => sent("reasoning_details", recording),
        Trait::UsageWithChoice => with_usage.clone().any(|event| has_choices(&event)),
        Trait::UsageInOwnMember => events
            .iter()
            .any(|event| event["x_groq"]["usage"].is_object()),
        Trait::UsageInEveryEvent => with_usage.count() > 2,
        Trait::UsageUnasked => {
            recording["request"]["body"]["stream_options"].is_null() && with_usage.count() > 0
        }
        Trait::OutputWithoutReasoning => {
            let counts = events
                .iter()
                .map(|event| &event["usage"])
                .chain([&body["usage"]]);
            counts.filter(|usage| usage.is_object()).any(|usage| {
                let count = |name: &str| usage[name].as_u64().unwrap_or_default();
                let thoughts = usage["completion_tokens_details"]["reasoning_tokens"].as_u64();
                let thoughts = thoughts.unwrap_or_default();
                let sum = count("prompt_tokens") + count("completion_tokens") + thoughts;
                thoughts > 0 && count("total_tokens") == sum
            })
        }
        Trait::NoDone => !stream.is_empty() && !stream.contains("[DONE]"),
        Trait::RoleRepeated => {
            messages
                .iter()
                .filter(|one| one["role"].is_string())
                .count()
                > 2
        }
        Trait::PunctuatedIds => ids.iter().any(|id| id.contains('.') && id.contains(':')),
        Trait::EmptyIds => {
            ids.iter().any(|id| id.is_empty()) || events.iter().any(|event| event["id"] == "")
        }
        Trait::NineCharacterIds => {
            !ids.is_empty()
                && ids
                    .iter()
                    .all(|id| id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        }
        Trait::WholeToolCalls => calls(&deltas(&events)).iter().any(|call| is_whole(call)),
        Trait::ReasoningMember => member("reasoning"),
        Trait::ReasoningContentMember => member("reasoning_content"),
        Trait::ContentParts => messages.iter().any(|message| message["content"].is_array()),
        Trait::Comments => stream.lines().any(|line| line.starts_with(':')),
        Trait::CarriageReturns => stream.contains("\r\n"),
        Trait::FailureAsSuccess => body["base_resp"]["status_code"].is_number(),
        Trait::ErrorInStream => {
            response["status"] == 200 && events.iter().any(|event| event["error"].is_object())
        }
        Trait::ErrorText => body["error"].is_string(),
        Trait::FlatError => {
            response["status"] != 200 && body["message"].is_string() && body["error"].is_null()
        }
        Trait::RankedByTopK => {
            recording["request"]["body"]["top_k"].is_number() && body["data"].is_array()
        }
        Trait::NoFinishReason => {
            let reasons = choices(&events);
            let mut reasons = reasons.iter().map(|choice| &choice["finish_reason"]);
            !events.is_empty() && reasons.all(|reason| reason.is_null() || reason == "")
        }
    }
}

#[test]
fn every_quirk_is_seen_in_the_recording_that_it_names() {
    for provider in &PROVIDERS {
        for quirk in provider.quirks {
            if quirk.shown_by.starts_with("https://") {
                continue;
            }
            let path = corpus().join(format!("{}.json", quirk.shown_by));
            let text =
                fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let recording: Value = serde_json::from_slice(&text).unwrap();
            assert!(
                shows(quirk.is, &recording),
                "{} of {} is not seen in {}",
                quirk.is.words(),
                provider.kind,
                quirk.shown_by
            );
        }
    }
}

#[test]
fn what_no_recording_shows_names_the_providers_own_words() {
    let quirks = PROVIDERS.iter().flat_map(|provider| provider.quirks);
    let without = quirks.filter(|quirk| quirk.shown_by.starts_with("https://"));
    for quirk in without {
        let is_of_requests = matches!(
            quirk.is,
            Trait::MaxTokensOnly | Trait::NewerOutputLimit | Trait::ThoughtsBack
        );
        assert!(is_of_requests, "{quirk:?}");
    }
}

#[test]
fn an_unknown_kind_is_none() {
    assert!(find("mistral").is_some() && find("Mistral").is_none());
}
