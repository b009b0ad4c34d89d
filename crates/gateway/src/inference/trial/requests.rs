//! The smallest request for each capability.

use llm::Operation;
use llm::operation::{CHAT, EMBEDDINGS};
use serde_json::{Value, json};

/// A red square, 64 pixels wide: smaller pictures are refused by some providers.
const RED_SQUARE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAS0lEQVR42u3PQQkAAAgAsetfWiP4FgYrsKZeS0BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEDgsqnc8OJg6Ln3AAAAAElFTkSuQmCC";

/// A capability that can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// A whole response.
    Chat,
    /// A stream of events.
    Stream,
    /// A call of a tool.
    Tools,
    /// A picture in the prompt.
    Vision,
    Embedding,
}

impl Trial {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 5] = [
        Self::Chat,
        Self::Stream,
        Self::Tools,
        Self::Vision,
        Self::Embedding,
    ];

    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Stream => "stream",
            Self::Tools => "tools",
            Self::Vision => "vision",
            Self::Embedding => "embedding",
        }
    }

    pub(super) fn operation(self) -> &'static Operation {
        match self {
            Self::Chat | Self::Stream | Self::Tools | Self::Vision => &CHAT,
            Self::Embedding => &EMBEDDINGS,
        }
    }

    /// The body. No bound on the output: models that reason refuse `max_tokens`, others the newer name of it.
    pub(super) fn body(self, model: &str) -> Value {
        let asking = |content: Value| {
            let message = json!({ "role": "user", "content": content });
            json!({ "model": model, "messages": [message] })
        };
        match self {
            Self::Chat => asking(json!("Reply with the word OK.")),
            Self::Stream => {
                let mut body = asking(json!("Reply with the word OK."));
                body["stream"] = json!(true);
                body
            }
            Self::Tools => {
                let mut body = asking(json!("Call report, the tool, with ok set to true."));
                let parameters = json!({
                    "type": "object",
                    "properties": { "ok": { "type": "boolean" } },
                    "required": ["ok"],
                });
                let function = json!({
                    "name": "report",
                    "description": "Reports that tools can be called.",
                    "parameters": parameters,
                });
                body["tools"] = json!([{ "type": "function", "function": function }]);
                body
            }
            Self::Vision => asking(json!([
                { "type": "text", "text": "Which colour is this? Reply with one word." },
                { "type": "image_url", "image_url": { "url": RED_SQUARE } },
            ])),
            Self::Embedding => json!({ "model": model, "input": "OK" }),
        }
    }
}
