//! Decides what a chat answer says: a tool call, an answer to a tool's result, JSON, or words.

use std::borrow::Cow;

use serde_json::Value;

use crate::directives::Directives;
use crate::errors::ApiError;
use crate::hash;
use crate::reply::Choice;
use crate::request::{ChatRequest, Content, Message};
use crate::{schema, tokens, tools, words};

/// What there is to know about the messages.
pub(crate) struct Prompt<'a> {
    pub(crate) tokens: u64,
    pub(crate) seed: u64,
    /// The last user message, or the tool's result if that came last.
    pub(crate) heard: Cow<'a, str>,
    pub(crate) is_tool_result: bool,
}

impl<'a> Prompt<'a> {
    pub(crate) fn read(messages: &'a [Message<'a>]) -> Self {
        let last = messages.last();
        let is_tool_result = last.is_some_and(|message| has_role(message, &["tool", "function"]));
        let spoken = messages
            .iter()
            .rev()
            .find(|message| has_role(message, &["user"]));
        let heard = if is_tool_result {
            last
        } else {
            spoken.or(last)
        };
        let heard = heard
            .and_then(|message| message.content.as_ref())
            .map_or("".into(), joined);
        Self {
            tokens: messages.iter().map(message_tokens).sum(),
            seed: hash::of(heard.as_bytes()),
            heard,
            is_tool_result,
        }
    }
}

pub(crate) fn choice(
    request: &ChatRequest<'_>,
    prompt: &Prompt<'_>,
    seed: u64,
    directives: &Directives,
) -> Result<Choice, ApiError> {
    let calls = tools::calls(request, prompt, seed, directives)?;
    let mut choice = if calls.is_empty() {
        Choice::text(content(request, prompt, seed, directives))
    } else {
        Choice {
            calls,
            finish: "tool_calls".into(),
            ..Choice::text(String::new())
        }
    };
    choice.reasoning = words::filler(reasoning_words(request), !seed);
    Ok(choice)
}

fn content(
    request: &ChatRequest<'_>,
    prompt: &Prompt<'_>,
    seed: u64,
    directives: &Directives,
) -> String {
    let format = request.response_format.as_ref().unwrap_or(&Value::Null);
    let opening = if prompt.is_tool_result {
        "The tool answered:"
    } else {
        "You said:"
    };
    let length = directives.words.unwrap_or(words::DEFAULT_WORDS);
    let says = |length| words::answer(opening, &prompt.heard, length, seed);
    match format["type"].as_str() {
        Some("json_schema") => schema::example(&format["json_schema"]["schema"], seed),
        Some("json_object") => format!("{{\"answer\": {}}}", Value::from(says(length))),
        _ => says(length),
    }
}

fn reasoning_words(request: &ChatRequest<'_>) -> usize {
    let thinks = request
        .thinking
        .as_ref()
        .and_then(|thinking| thinking.kind.as_deref());
    match (request.reasoning_effort.as_deref(), thinks) {
        (Some("none"), _) | (None, None | Some("disabled")) => 0,
        (Some("minimal"), _) => 4,
        (Some("low"), _) => 8,
        (Some("high"), _) => 32,
        (Some("xhigh"), _) => 64,
        (Some(_), _) | (None, Some(_)) => 16,
    }
}

fn has_role(message: &Message<'_>, roles: &[&str]) -> bool {
    message
        .role
        .as_deref()
        .is_some_and(|role| roles.contains(&role))
}

fn joined<'a>(content: &'a Content<'a>) -> Cow<'a, str> {
    let mut texts = content.texts();
    let first = texts.next().unwrap_or_default();
    texts.fold(Cow::Borrowed(first), |all, text| {
        Cow::Owned(format!("{all} {text}"))
    })
}

fn message_tokens(message: &Message<'_>) -> u64 {
    let content = match &message.content {
        None => 0,
        Some(Content::Text(text)) => tokens::count(text),
        Some(Content::Parts(parts)) => {
            let part_tokens = parts
                .iter()
                .map(|part| match (part.kind.as_deref(), &part.text) {
                    (Some("text") | None, text) => text.as_deref().map_or(0, tokens::count),
                    (Some(_), _) => tokens::TOKENS_PER_MEDIA_PART,
                });
            part_tokens.sum()
        }
    };
    content + tokens::TOKENS_PER_MESSAGE
}
