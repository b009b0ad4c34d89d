//! A summary of the messages of a chat.

use std::borrow::Cow;

use crate::request::Message;
use crate::text::Content;
use crate::{hash, tokens};

/// A summary of the messages.
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
