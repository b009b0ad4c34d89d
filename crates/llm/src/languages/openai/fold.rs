//! A stream folded into the whole response that was asked for: for providers that stream although nobody asked.

mod merge;

use bytes::Bytes;

use super::response;
use crate::error::UpstreamError;
use crate::json::Value;
use crate::refusal;
use crate::sse::{BodyKind, Decoder, body_kind};
use merge::{Members, member, merge, say};

/// The `object` of a whole response. Its events have a longer name that begins so.
const WHOLE_CHAT: &str = "chat.completion";

/// The data of the event that ends a stream.
const DONE: &[u8] = b"[DONE]";

/// Folds the events of a complete stream; `None` if the body does not begin as events do. `model` stands where
/// the stream names none.
///
/// # Errors
/// If an event reports a failure, or the stream is not complete.
pub(super) fn fold(body: &Bytes, model: &str) -> Option<Result<Bytes, UpstreamError>> {
    let is_events = body_kind(body) == Some(BodyKind::Events);
    is_events.then(|| fold_events(body, model))
}

fn fold_events(body: &Bytes, model: &str) -> Result<Bytes, UpstreamError> {
    let mut rest = body.clone();
    let mut decoder = Decoder::new(rest.len());
    let mut whole = Whole::default();
    loop {
        let next = decoder.next(&mut rest).ok().flatten();
        let Some(event) = next.or_else(|| decoder.finish()) else {
            break;
        };
        if event.is_error() {
            return Err(refusal::classify_unmarked(&event.data));
        }
        if event.data.trim_ascii() == DONE {
            whole.is_done = true;
            break;
        }
        whole.take(&event.data)?;
    }
    whole.finish(model)
}

#[derive(Default)]
struct Whole {
    /// All but the choices, in their order.
    members: Members,
    choices: Vec<(u64, Members)>,
    is_done: bool,
}

impl Whole {
    fn take(&mut self, data: &[u8]) -> Result<(), UpstreamError> {
        // What is a failure in a response is one in an event.
        response::read(data)?;
        let Some(Value::Object(members)) = Value::read(data) else {
            return Ok(());
        };
        for (name, value) in members {
            match value {
                Value::List(items) if name == "choices" => {
                    items.into_iter().for_each(|item| self.choice(item));
                }
                value => say(&mut self.members, &name, value),
            }
        }
        Ok(())
    }

    fn choice(&mut self, item: Value) {
        let Value::Object(members) = item else {
            return;
        };
        let index = index_of(&members).unwrap_or_default();
        let place = self.choices.iter().position(|(known, _)| *known == index);
        let place = place.unwrap_or_else(|| {
            self.choices.push((index, Vec::new()));
            self.choices.len() - 1
        });
        let Some((_, choice)) = self.choices.get_mut(place) else {
            return;
        };
        let is_delta = |(name, value): &(String, Value)| name == "delta" && *value != Value::Null;
        let has_delta = members.iter().any(is_delta);
        for (name, value) in members {
            match name.as_str() {
                "delta" => merge(member(choice, "message"), value, "message"),
                // Some say it twice, for clients of text completions.
                "text" if has_delta => {}
                // Some repeat, in each event or in the last, all that was said so far.
                "message" if has_delta || choice.iter().any(|(known, _)| known == "message") => {}
                "text" | "logprobs" => merge(member(choice, &name), value, &name),
                _ => say(choice, &name, value),
            }
        }
    }

    /// The response. The end of a stream is never invented: what broke off is a failure.
    fn finish(mut self, model: &str) -> Result<Bytes, UpstreamError> {
        let is_finished = |(_, choice): &(u64, Members)| {
            let reason = choice.iter().find(|(name, _)| name == "finish_reason");
            reason.is_some_and(|(_, reason)| *reason != Value::Null)
        };
        let is_complete = self.is_done || self.choices.iter().all(is_finished);
        if self.choices.is_empty() || !is_complete {
            return Err(UpstreamError::Connect {
                detail: "the stream ended before its end".to_owned(),
            });
        }
        self.choices.sort_by_key(|(index, _)| *index);
        let choices = std::mem::take(&mut self.choices).into_iter();
        let choices = choices.map(|(index, members)| whole_choice(index, members));
        let choices = Value::List(choices.collect());
        for (name, value) in &mut self.members {
            let is_chat = |text: &str| text.starts_with(WHOLE_CHAT);
            if name == "object" && value.text().is_some_and(is_chat) {
                *value = Value::Text(WHOLE_CHAT.to_owned());
            }
        }
        if *member(&mut self.members, "model") == Value::Null {
            let model = Value::Text(model.to_owned());
            say(&mut self.members, "model", model);
        }
        self.hoist_usage();
        let is_usage = |(name, _): &(String, Value)| name == "usage";
        let place = self.members.iter().position(is_usage);
        let place = place.unwrap_or(self.members.len());
        self.members.insert(place, ("choices".to_owned(), choices));
        Ok(Value::Object(self.members).to_json().into())
    }

    /// The count of a stream that says it in Groq's way stands where a whole response has it.
    fn hoist_usage(&mut self) {
        let groq = self.members.iter().find(|(name, _)| name == "x_groq");
        let usage = groq.and_then(|(_, groq)| groq.get("usage")).cloned();
        let place = self.members.iter().find(|(name, _)| name == "usage");
        let is_missing = place.is_none_or(|(_, usage)| *usage == Value::Null);
        if let Some(usage) = usage.filter(|_| is_missing) {
            say(&mut self.members, "usage", usage);
        }
    }
}

fn index_of(members: &Members) -> Option<u64> {
    let (_, index) = members.iter().find(|(name, _)| name == "index")?;
    match index {
        Value::Number(text) => text.parse().ok(),
        _ => None,
    }
}

/// A choice as it stands in a whole response: with its index, a message that has role and content, and tool calls
/// that are counted by their places.
fn whole_choice(index: u64, mut members: Members) -> Value {
    if !members.iter().any(|(name, _)| name == "index") {
        members.insert(0, ("index".to_owned(), Value::Number(index.to_string())));
    }
    for (name, value) in &mut members {
        if let (true, Value::Object(message)) = (name == "message", value) {
            whole_message(message);
        }
    }
    say(&mut members, "finish_reason", Value::Null);
    Value::Object(members)
}

fn whole_message(message: &mut Members) {
    if !message.iter().any(|(name, _)| name == "role") {
        let role = Value::Text("assistant".to_owned());
        message.insert(0, ("role".to_owned(), role));
    }
    say(message, "content", Value::Null);
    for (name, value) in message {
        if let (true, Value::List(calls)) = (name == "tool_calls", value) {
            for call in calls {
                if let Value::Object(call) = call {
                    call.retain(|(name, _)| name != "index");
                }
            }
        }
    }
}
