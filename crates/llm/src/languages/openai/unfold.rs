//! A whole response as the stream that was asked for: for providers that do not stream.

use bytes::Bytes;

use super::response;
use crate::error::UpstreamError;
use crate::json::Value;

type EventMembers = Vec<(String, Value)>;

/// Members of a message that are thoughts: they come before what is said.
const THOUGHTS: [&str; 4] = [
    "reasoning_content",
    "reasoning",
    "reasoning_details",
    "thinking",
];

/// The events of a stream that says the same as a whole response, usage and end included.
///
/// # Errors
/// If the body is no response with choices, or reports a failure.
pub(super) fn unfold(body: &[u8]) -> Result<Bytes, UpstreamError> {
    response::read(body)?;
    let Some(Value::Object(mut head)) = Value::read(body) else {
        return Err(NO_CHOICES);
    };
    let Some(Value::List(choices)) = take(&mut head, "choices") else {
        return Err(NO_CHOICES);
    };
    let usage = take(&mut head, "usage").filter(|usage| *usage != Value::Null);
    for (name, value) in &mut head {
        if name == "object" && value.text() == Some("chat.completion") {
            *value = Value::Text("chat.completion.chunk".to_owned());
        }
    }
    let mut events = Events {
        head,
        text: String::new(),
    };
    for (place, choice) in choices.into_iter().enumerate() {
        if let Value::Object(choice) = choice {
            events.add_choice(place, choice);
        }
    }
    if let Some(usage) = usage {
        events.add(Vec::new(), Some(usage));
    }
    events.text.push_str("data: [DONE]\n\n");
    Ok(events.text.into())
}

const NO_CHOICES: UpstreamError = UpstreamError::Protocol {
    detail: "a stream was asked for, and a response without choices came",
};

struct Events {
    /// The members of each event beside choices and usage.
    head: EventMembers,
    text: String,
}

impl Events {
    fn add(&mut self, choices: Vec<Value>, usage: Option<Value>) {
        let mut event = self.head.clone();
        event.push(("choices".to_owned(), Value::List(choices)));
        event.extend(usage.map(|usage| ("usage".to_owned(), usage)));
        self.text.push_str("data: ");
        self.text.push_str(&Value::Object(event).to_json());
        self.text.push_str("\n\n");
    }

    fn add_choice(&mut self, place: usize, mut choice: EventMembers) {
        let index = take(&mut choice, "index").unwrap_or(Value::Number(place.to_string()));
        let index = ("index".to_owned(), index);
        let reason = take(&mut choice, "finish_reason").unwrap_or(Value::Null);
        let reason = ("finish_reason".to_owned(), reason);
        let message = take(&mut choice, "message");
        let end = if let Some(Value::Object(message)) = message {
            // Perplexity has an empty one beside the message.
            take(&mut choice, "delta");
            self.add_message(&index, message, choice);
            ("delta".to_owned(), Value::Object(Vec::new()))
        } else {
            choice.insert(0, index.clone());
            choice.push(("finish_reason".to_owned(), Value::Null));
            self.add(vec![Value::Object(choice)], None);
            ("text".to_owned(), Value::Text(String::new()))
        };
        self.add(vec![Value::Object(vec![index, end, reason])], None);
    }

    /// Thoughts, then what is said, then each tool call. What a choice says beside goes with what is said.
    fn add_message(
        &mut self,
        index: &(String, Value),
        mut message: EventMembers,
        beside: EventMembers,
    ) {
        message.retain(|(_, value)| *value != Value::Null);
        let role = take(&mut message, "role").unwrap_or(Value::Text("assistant".to_owned()));
        let calls = take(&mut message, "tool_calls");
        let is_thought = |(name, _): &(String, Value)| THOUGHTS.contains(&name.as_str());
        let (thoughts, said): (EventMembers, EventMembers) =
            message.into_iter().partition(is_thought);
        let mut role = Some(("role".to_owned(), role));
        let mut add = |delta: EventMembers, beside: EventMembers| {
            let mut delta = delta;
            if let Some(role) = role.take() {
                delta.insert(0, role);
            }
            let mut choice = vec![index.clone(), ("delta".to_owned(), Value::Object(delta))];
            choice.extend(beside);
            choice.push(("finish_reason".to_owned(), Value::Null));
            self.add(vec![Value::Object(choice)], None);
        };
        if !thoughts.is_empty() {
            add(thoughts, Vec::new());
        }
        add(said, beside);
        let calls = calls.as_ref().map_or(&[][..], Value::items);
        for (place, call) in calls.iter().enumerate() {
            if let Value::Object(call) = call {
                let mut call = call.clone();
                take(&mut call, "index");
                call.insert(0, ("index".to_owned(), Value::Number(place.to_string())));
                let calls = Value::List(vec![Value::Object(call)]);
                add(vec![("tool_calls".to_owned(), calls)], Vec::new());
            }
        }
    }
}

/// Takes the member of that name out.
fn take(members: &mut EventMembers, name: &str) -> Option<Value> {
    let place = members.iter().position(|(known, _)| known == name)?;
    Some(members.remove(place).1)
}
