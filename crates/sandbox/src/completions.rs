//! `POST /v1/completions`, the older endpoint: a prompt in, text out.

use bytes::Bytes;
use http::request::Parts;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::chat::{CHOICES_MAX, check_context, longest, shape, sum_usage};
use crate::diagnose::{
    check_decimal, check_integer, check_stream_options, empty_array, invalid_type, parse,
};
use crate::directives::{Directives, Fault};
use crate::errors::{ApiError, json};
use crate::frames::{Frames, Wire};
use crate::models::{CREATED, FINGERPRINT, ModelName};
use crate::perform::{Content, Outcome};
use crate::reply::Choice;
use crate::request::{CompletionRequest, Entry};
use crate::stream::Script;
use crate::{hash, words};

const PROMPTS_MAX: usize = 16;

pub(crate) fn create(head: &Parts, body: &Bytes) -> Result<Outcome, ApiError> {
    let request: CompletionRequest<'_> = parse(body)?;
    let model = request
        .model
        .as_deref()
        .ok_or_else(|| ApiError::missing("model"))?;
    let model = ModelName::parse(model)?;
    let texts = request.prompt.iter().flat_map(|prompt| prompt.texts());
    let directives = Directives::gather(model.directives, &head.headers, texts)?;
    let content = response(&request, model.name, body, &directives);
    Ok(Outcome {
        directives,
        content,
    })
}

fn response(
    request: &CompletionRequest<'_>,
    model: &str,
    body: &Bytes,
    directives: &Directives,
) -> Result<Content, ApiError> {
    let prompts = validate(request)?;
    if directives.content_filter {
        return Err(ApiError::content_filter());
    }
    let prompt_tokens = prompts.iter().map(Entry::tokens).sum();
    check_context(prompt_tokens, request.max_tokens, "prompt")?;

    let choices = choices(request, &prompts, directives);
    let usage = sum_usage(prompt_tokens, &choices);
    let id = format!("cmpl-{:016x}", hash::of(body));
    if request.stream != Some(true) {
        let usage = usage.encode(directives);
        let body = whole(&id, model, &choices, usage.as_deref());
        return Ok(Content::Json {
            body,
            words: longest(&choices),
        });
    }
    let with_usage = request.stream_options.and_then(|o| o.include_usage) == Some(true)
        && directives.fault != Some(Fault::NoUsage);
    let usage = if with_usage {
        usage.encode(directives)
    } else {
        None
    };
    let with_chatter = directives.fault == Some(Fault::Chatter);
    let frames = Frames::new(Wire::Completions, &id, model, with_usage, with_chatter);
    Ok(Content::Stream(Box::new(Script::new(
        frames, choices, false, usage, directives,
    ))))
}

fn validate<'a>(request: &'a CompletionRequest<'_>) -> Result<Vec<Entry<'a>>, ApiError> {
    let prompt = request
        .prompt
        .as_ref()
        .ok_or_else(|| ApiError::missing("prompt"))?;
    let prompts = prompt
        .entries()
        .ok_or_else(|| invalid_type("prompt", "an array of strings or of tokens", "a mixture"))?;
    if prompts.is_empty() {
        return Err(empty_array("prompt"));
    }
    if prompts.len() > PROMPTS_MAX {
        let message = format!("Invalid 'prompt': at most {PROMPTS_MAX} prompts are allowed.");
        return Err(ApiError::invalid(message)
            .param("prompt")
            .code("array_above_max_length"));
    }
    check_integer("n", request.n, 1, CHOICES_MAX)?;
    check_integer("max_tokens", request.max_tokens, 0, i64::MAX)?;
    check_decimal("temperature", request.temperature, 2.0)?;
    check_decimal("top_p", request.top_p, 1.0)?;
    check_stream_options(request.stream, request.stream_options)?;
    Ok(prompts)
}

fn choices(
    request: &CompletionRequest<'_>,
    prompts: &[Entry<'_>],
    directives: &Directives,
) -> Vec<Choice> {
    let count = u64::try_from(request.n.unwrap_or(1)).unwrap_or(1);
    let length = directives.words.unwrap_or(words::DEFAULT_WORDS);
    let mut choices = Vec::new();
    for prompt in prompts {
        let heard = if let Entry::Text(text) = prompt {
            text
        } else {
            ""
        };
        for index in 0..count {
            let seed = prompt.hash().wrapping_add(index);
            let mut choice = Choice::text(words::response("You said:", heard, length, seed));
            shape(
                &mut choice,
                request.stop.as_ref(),
                request.max_tokens,
                directives,
            );
            choices.push(choice);
        }
    }
    choices
}

#[derive(Serialize)]
struct Completion<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: Vec<WholeChoice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a RawValue>,
    system_fingerprint: &'static str,
}

#[derive(Serialize)]
struct WholeChoice<'a> {
    text: &'a str,
    index: usize,
    logprobs: Option<()>,
    finish_reason: &'a str,
}

fn whole(id: &str, model: &str, choices: &[Choice], usage: Option<&RawValue>) -> Bytes {
    let choices = choices
        .iter()
        .enumerate()
        .map(|(index, choice)| WholeChoice {
            text: &choice.content,
            index,
            logprobs: None,
            finish_reason: &choice.finish,
        });
    json(&Completion {
        id,
        object: "text_completion",
        created: CREATED,
        model,
        choices: choices.collect(),
        usage,
        system_fingerprint: FINGERPRINT,
    })
}
