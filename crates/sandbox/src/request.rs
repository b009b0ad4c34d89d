//! Requests of clients, read only as far as the sandbox acts on them. Strings are borrowed from the
//! body where JSON allows, because this is also the upstream of benchmarks.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::text::{Content, Item, OneOrMany, Text};

#[derive(Deserialize)]
pub(crate) struct ChatRequest<'a> {
    #[serde(borrow)]
    pub(crate) model: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) messages: Option<Vec<Message<'a>>>,
    #[serde(borrow)]
    pub(crate) tools: Option<Vec<Tool<'a>>>,
    pub(crate) tool_choice: Option<Value>,
    pub(crate) parallel_tool_calls: Option<bool>,
    pub(crate) response_format: Option<Value>,
    #[serde(borrow)]
    pub(crate) reasoning_effort: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) thinking: Option<Thinking<'a>>,
    pub(crate) max_completion_tokens: Option<i64>,
    pub(crate) max_tokens: Option<i64>,
    pub(crate) n: Option<i64>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    #[serde(borrow)]
    pub(crate) stop: Option<OneOrMany<'a>>,
    pub(crate) stream: Option<bool>,
    pub(crate) stream_options: Option<StreamOptions>,
}

#[derive(Deserialize)]
pub(crate) struct CompletionRequest<'a> {
    #[serde(borrow)]
    pub(crate) model: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) prompt: Option<OneOrMany<'a>>,
    pub(crate) max_tokens: Option<i64>,
    pub(crate) n: Option<i64>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    #[serde(borrow)]
    pub(crate) stop: Option<OneOrMany<'a>>,
    pub(crate) stream: Option<bool>,
    pub(crate) stream_options: Option<StreamOptions>,
}

#[derive(Deserialize)]
pub(crate) struct EmbeddingRequest<'a> {
    #[serde(borrow)]
    pub(crate) model: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) input: Option<OneOrMany<'a>>,
    pub(crate) dimensions: Option<i64>,
    #[serde(borrow)]
    pub(crate) encoding_format: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    pub(crate) role: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) content: Option<Content<'a>>,
    #[serde(borrow)]
    pub(crate) tool_call_id: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Tool<'a> {
    #[serde(borrow)]
    pub(crate) function: Option<Function<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Function<'a> {
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
    /// Parsed only if the tool is called.
    #[serde(borrow)]
    pub(crate) parameters: Option<&'a RawValue>,
}

#[derive(Deserialize)]
pub(crate) struct Thinking<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Option<Text<'a>>,
}

#[derive(Deserialize, Clone, Copy)]
pub(crate) struct StreamOptions {
    pub(crate) include_usage: Option<bool>,
}

/// One prompt or input, after lists were taken apart.
pub(crate) enum Entry<'a> {
    Text(&'a str),
    Tokens(Cow<'a, [u64]>),
}

impl OneOrMany<'_> {
    /// `None` if tokens stand among other things.
    pub(crate) fn entries(&self) -> Option<Vec<Entry<'_>>> {
        let items = match self {
            Self::One(text) => return Some(vec![Entry::Text(text)]),
            Self::Many(items) => items,
        };
        let mut entries = Vec::with_capacity(items.len());
        let mut tokens = Vec::new();
        for item in items {
            match item {
                Item::Text(text) => entries.push(Entry::Text(text)),
                Item::Tokens(list) => entries.push(Entry::Tokens(Cow::Borrowed(list))),
                Item::Token(token) => tokens.push(*token),
            }
        }
        if tokens.is_empty() {
            return Some(entries);
        }
        entries
            .is_empty()
            .then(|| vec![Entry::Tokens(Cow::Owned(tokens))])
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self {
            Self::One(text) => (Some(text), [].as_slice()),
            Self::Many(items) => (None, items.as_slice()),
        };
        let many = many.iter().filter_map(|item| match item {
            Item::Text(text) => Some(text),
            Item::Token(_) | Item::Tokens(_) => None,
        });
        one.into_iter().chain(many).map(|text| &**text)
    }
}

impl Entry<'_> {
    pub(crate) fn tokens(&self) -> u64 {
        match self {
            Self::Text(text) => crate::tokens::count(text),
            Self::Tokens(tokens) => tokens.len() as u64,
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        match self {
            Self::Text(text) => crate::hash::of(text.as_bytes()),
            Self::Tokens(tokens) => tokens
                .iter()
                .fold(1, |hash, token| crate::hash::combine(hash, *token)),
        }
    }
}
