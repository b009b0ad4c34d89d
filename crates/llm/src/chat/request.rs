//! A request in the inner form.

use super::part::{Content, Part};
use super::settings::{OutputFormat, Reasoning, Sampling};
use super::tool::{Tool, ToolChoice};
use crate::json::Value;

/// The longest name of a part that is listed, in characters.
const OPAQUE_NAME_CHARS_MAX: usize = 40;

/// A request for a response to a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The name of the language that the request came in.
    pub language: &'static str,
    pub model: String,
    pub is_streamed: bool,
    /// True if the client wants the usage of a stream, in a language where that has to be said.
    pub includes_usage: bool,
    /// Instructions before the first turn.
    pub instructions: Vec<Part>,
    /// Turns in their order. Neighbours have different roles; results of tools are parts of the user's turns.
    pub turns: Vec<Turn>,
    pub tools: Vec<Tool>,
    pub tool_choice: Option<ToolChoice>,
    /// True or false where the client says that several tools may be called at once, or not.
    pub parallel_calls: Option<bool>,
    pub output: OutputFormat,
    /// `low`, `medium`, `high`.
    pub verbosity: Option<String>,
    pub sampling: Sampling,
    pub output_tokens_max: Option<u64>,
    pub reasoning: Option<Reasoning>,
    pub service_tier: Option<String>,
    /// The end user, by the client's name.
    pub user: Option<String>,
    pub metadata: Option<Value>,
    pub prompt_cache_key: Option<String>,
    /// Members that the response repeats, in a language where it does.
    pub repeated: Vec<(String, Value)>,
    /// Members that no language shares, by name: they go where the same language is spoken, and are listed elsewhere.
    pub extras: Vec<(String, Value)>,
}

/// A turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub role: Role,
    pub parts: Vec<Part>,
}

/// The author of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    User,
    Assistant,
    /// The developer or operator, within the conversation.
    Instruction,
}

impl Request {
    /// Adds parts of a role: to the last turn where that has the same, else as a turn. Instructions before every
    /// The names of parts that only the language of the request knows: no other can say them.
    pub fn opaque_parts(&self) -> Vec<String> {
        let mut names = Vec::new();
        let turns = self.turns.iter().flat_map(|turn| &turn.parts);
        for part in self.instructions.iter().chain(turns) {
            match &part.content {
                Content::ToolResult(result) => {
                    names.extend(result.parts.iter().filter_map(opaque_name));
                }
                _ => names.extend(opaque_name(part)),
            }
        }
        names
    }

    /// turn are those of the request.
    pub fn add(&mut self, role: Role, parts: Vec<Part>) {
        if role == Role::Instruction && self.turns.is_empty() {
            self.instructions.extend(parts);
            return;
        }
        match self.turns.last_mut() {
            Some(last) if last.role == role => last.parts.extend(parts),
            _ => self.turns.push(Turn { role, parts }),
        }
    }

    /// The turns for a language that has instructions at the beginning only: later ones become parts of the user's,
    /// marked as what they are, in their place.
    pub fn turns_of_two_roles(&self) -> Vec<Turn> {
        let mut turns: Vec<Turn> = Vec::with_capacity(self.turns.len());
        for turn in &self.turns {
            let (role, parts) = match turn.role {
                Role::Instruction => (Role::User, marked(&turn.parts)),
                role => (role, turn.parts.clone()),
            };
            match turns.last_mut() {
                Some(last) if last.role == role => last.parts.extend(parts),
                _ => turns.push(Turn { role, parts }),
            }
        }
        turns
    }

    /// The instructions as one text.
    pub fn instruction_text(&self) -> Option<String> {
        let texts: Vec<&str> = self.instructions.iter().filter_map(Part::as_text).collect();
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }

    /// True if a part or a tool has a mark up to which the prompt may be cached.
    pub fn has_cache_marks(&self) -> bool {
        let turns = self.turns.iter().flat_map(|turn| &turn.parts);
        let mut parts = self.instructions.iter().chain(turns);
        parts.any(|part| part.cache.is_some()) || self.tools.iter().any(|tool| tool.cache.is_some())
    }

    /// The tool of that name.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}

fn marked(parts: &[Part]) -> Vec<Part> {
    let mut parts = parts.to_vec();
    for part in &mut parts {
        if let Content::Text { text, .. } = &mut part.content {
            *text = format!("<system>\n{text}\n</system>");
        }
    }
    parts
}

fn opaque_name(part: &Part) -> Option<String> {
    let Content::Opaque { value, .. } = &part.content else {
        return None;
    };
    let kind = value.text_of("type").unwrap_or("unknown");
    Some(format!(
        "content.{}",
        kind.chars().take(OPAQUE_NAME_CHARS_MAX).collect::<String>()
    ))
}
