//! One small request to one deployment, for operators who want to know if it works: no key, no limits, no charge.

use std::time::Duration;

use bytes::Bytes;
use llm::chat::{Part, Response, WriteOptions};
use llm::languages::OPENAI;
use llm::operation::{CHAT, EMBEDDINGS};
use llm::{Language, Operation, UpstreamError};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::state::Gateway;
use crate::upstream::{Deployment, ForwardedHeaders, Outgoing};

/// The time that a response is waited for.
const TRIAL_WAIT: Duration = Duration::from_secs(60);
/// Characters of a reply that are shown.
const REPLY_CHARS_MAX: usize = 200;
/// The operations that a trial can ask for, the first that the deployment can do is asked for.
const TRIED: [&Operation; 2] = [&CHAT, &EMBEDDINGS];

/// A deployment's response to a trial.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrialResponse {
    /// The begin of what the model said; empty where it said nothing that is text.
    pub reply: String,
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
}

/// The reason why a trial has no response.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// There is no small request for a model of this type, or in the provider's language.
    #[error("there is no test request for a model of this kind")]
    Untestable,
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

/// Sends a small request to the deployment.
///
/// # Errors
/// If there is no such request, or it fails.
pub async fn try_out(app: &Gateway, deployment: &Deployment) -> Result<TrialResponse, TrialError> {
    let requests = TRIED.iter().find_map(|operation| {
        let language = deployment.language_for(operation, &OPENAI)?;
        let prepared = deployment.request(operation, language, false)?;
        Some((*operation, language, prepared))
    });
    let (operation, language, prepared) = requests.ok_or(TrialError::Untestable)?;
    let is_translated = !std::ptr::eq(language, &raw const OPENAI);
    let asked = body(operation, &deployment.upstream_model);
    let until = Instant::now() + TRIAL_WAIT;
    let outgoing = Outgoing {
        prepared,
        language,
        forwarded: &ForwardedHeaders::default(),
        body: if is_translated {
            translated(language, &asked, deployment)?
        } else {
            asked
        },
    };
    let provider = &deployment.provider;
    let sent = app.upstream.send(provider, outgoing, until).await;
    let response = sent.map_err(|refusal| refusal.error)?;
    let bytes = app.upstream.collect(response.body, until).await?;
    if is_translated {
        return Ok(told(&language.upstream.read_response(&bytes)?));
    }
    Ok(read(&bytes)?)
}

/// The body in another language.
fn translated(
    language: &Language,
    body: &Bytes,
    deployment: &Deployment,
) -> Result<Bytes, TrialError> {
    let client = OPENAI.client.ok_or(TrialError::Untestable)?;
    let request = client.read_request(body);
    let options = WriteOptions {
        upstream_model: &deployment.upstream_model,
        output_tokens_max: None,
        asks_usage: false,
        quirks: deployment.quirks,
    };
    let written = request.and_then(|request| language.upstream.write_request(&request, &options));
    written
        .map(|written| written.body)
        .map_err(|_| TrialError::Untestable)
}

fn told(response: &Response) -> TrialResponse {
    let texts: Vec<&str> = response.parts.iter().filter_map(Part::as_text).collect();
    let usage = response.usage.map(|usage| usage.classes());
    TrialResponse {
        reply: texts.concat().chars().take(REPLY_CHARS_MAX).collect(),
        input_tokens: usage.map(|usage| usage.input_tokens()),
        output_tokens: usage.map(|usage| usage.output_tokens()),
    }
}

/// The body. No bound on the output: models that reason refuse `max_tokens`, others the newer name of it.
fn body(operation: &Operation, model: &str) -> Bytes {
    let body = if std::ptr::eq(operation, &raw const CHAT) {
        let message = json!({ "role": "user", "content": "Reply with the word OK." });
        json!({ "model": model, "messages": [message] })
    } else {
        json!({ "model": model, "input": "OK" })
    };
    body.to_string().into()
}

fn read(bytes: &[u8]) -> Result<TrialResponse, UpstreamError> {
    let response: Value = serde_json::from_slice(bytes).map_err(|_| UpstreamError::Protocol {
        detail: "the response is not JSON",
    })?;
    if response.get("choices").is_none() && response.get("data").is_none() {
        let detail = "the response is not one of its language";
        return Err(UpstreamError::Protocol { detail });
    }
    let reply = response.pointer("/choices/0/message/content");
    let reply = reply.and_then(Value::as_str).unwrap_or_default();
    let tokens = |name: &str| response.get("usage")?.get(name)?.as_u64();
    Ok(TrialResponse {
        reply: reply.chars().take(REPLY_CHARS_MAX).collect(),
        input_tokens: tokens("prompt_tokens"),
        output_tokens: tokens("completion_tokens"),
    })
}
