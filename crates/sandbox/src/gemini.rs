//! `POST /v1beta/models/{model}:generateContent` and its relatives: the same model, in Gemini's language.

mod asked;
pub(crate) mod chunks;

use bytes::Bytes;
use http::request::Parts;
use serde_json::{Value, json};

use crate::chat::{Answer, answer, longest};
use crate::diagnose::parse;
use crate::directives::{Directives, Fault};
use crate::errors::ApiError;
use crate::frames::Frames;
use crate::hash;
use crate::models::ModelName;
use crate::perform::{Content, Outcome};
use crate::request::ChatRequest;
use crate::stream::Script;
use crate::usage::Usage;
use chunks::Chunks;

/// Begins of the paths of this language.
const ROOTS: [&str; 2] = ["/v1beta/models/", "/v1/models/"];

/// The model and the method that a path names; `None` for a path of another language.
pub(crate) fn named(path: &str) -> Option<(&str, &str)> {
    let rest = ROOTS.iter().find_map(|root| path.strip_prefix(root))?;
    let (model, method) = rest.rsplit_once(':')?;
    let is_known = matches!(
        method,
        "generateContent" | "streamGenerateContent" | "countTokens"
    );
    is_known.then_some((model, method))
}

pub(crate) fn act(
    head: &Parts,
    body: &Bytes,
    (model, method): (&str, &str),
) -> Result<Outcome, ApiError> {
    let model = ModelName::parse(model)?;
    let body = asked::as_chat(body, model.name)?;
    let request: ChatRequest<'_> = parse(&body)?;
    let messages = request.messages.iter().flatten();
    let contents = messages.filter_map(|message| message.content.as_ref());
    let texts = contents.flat_map(|content| content.texts());
    let directives = Directives::gather(model.directives, &head.headers, texts)?;
    let id = format!("{:016x}", hash::of(&body));
    let content = answer(&request, &directives).map(|answer| {
        if method == "countTokens" {
            let tokens = answer.usage.prompt_tokens;
            let body = json!({ "totalTokens": tokens }).to_string().into();
            return Content::Json { body, words: 0 };
        }
        let usage = usage(answer.usage, &directives);
        let chunks = Chunks::new(model.name, &id, usage);
        if method == "generateContent" {
            return whole(&answer, &chunks);
        }
        streamed(answer, chunks, &directives)
    });
    Ok(Outcome {
        directives,
        content,
    })
}

fn streamed(answer: Answer, chunks: Chunks, directives: &Directives) -> Content {
    let with_chatter = directives.fault == Some(Fault::Chatter);
    let frames = Frames::of_google(chunks, with_chatter);
    let script = Script::new(frames, answer.choices, false, None, directives);
    Content::Stream(Box::new(script))
}

fn whole(answer: &Answer, chunks: &Chunks) -> Content {
    let candidates = answer.choices.iter().map(|choice| {
        let mut parts = Vec::new();
        if !choice.reasoning.is_empty() {
            parts.push(json!({ "text": choice.reasoning, "thought": true }));
        }
        if choice.calls.is_empty() {
            parts.push(json!({ "text": choice.content }));
        }
        parts.extend(choice.calls.iter().map(chunks::call));
        (parts, choice)
    });
    let candidates: Vec<Value> = candidates
        .enumerate()
        .map(|(index, (parts, choice))| chunks::candidate(index, &parts, Some(&choice.finish)))
        .collect();
    Content::Json {
        body: chunks.with(&candidates, true).to_string().into(),
        words: longest(&answer.choices),
    }
}

/// Token counts as Google reports them: thoughts stand beside what is said.
fn usage(usage: Usage, directives: &Directives) -> Option<Value> {
    match directives.fault {
        Some(Fault::NoUsage) => None,
        Some(Fault::WrongUsage) => Some(json!({
            "promptTokenCount": -7, "candidatesTokenCount": u64::MAX, "totalTokenCount": u64::MAX,
        })),
        _ => {
            let said = usage.completion_tokens - usage.reasoning_tokens;
            let mut count = json!({
                "promptTokenCount": usage.prompt_tokens,
                "candidatesTokenCount": said,
                "totalTokenCount": usage.prompt_tokens + usage.completion_tokens,
            });
            let cached = directives.cached.min(usage.prompt_tokens);
            for (name, tokens) in [
                ("thoughtsTokenCount", usage.reasoning_tokens),
                ("cachedContentTokenCount", cached),
            ] {
                if tokens > 0 {
                    count[name] = tokens.into();
                }
            }
            Some(count)
        }
    }
}

/// The reason of an end in this language: calls have none of their own.
fn reason(choice_finish: &str) -> String {
    match choice_finish {
        "stop" | "tool_calls" => "STOP".to_owned(),
        "length" => "MAX_TOKENS".to_owned(),
        "content_filter" => "SAFETY".to_owned(),
        other => other.to_ascii_uppercase(),
    }
}
