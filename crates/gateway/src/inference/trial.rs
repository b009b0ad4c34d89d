//! Small requests to one deployment, for operators who want to know what works: no key, no limits, no charge.

mod provider;
mod requests;

use std::time::Duration;

use bytes::Bytes;
use llm::chat::{Content, Part, Response, WriteOptions};
use llm::languages::OPENAI;
use llm::operation::{CHAT, EMBEDDINGS};
use llm::{Language, UpstreamError};
use serde_json::Value;
use tokio::time::Instant;

use crate::upstream::{Deployment, ForwardedHeaders, Outgoing, Upstream};

pub use provider::{CheckOutcome, ProviderCheck, check_provider};
pub use requests::Trial;

/// The time that a response is waited for.
const TRIAL_WAIT: Duration = Duration::from_secs(60);
/// Characters of a reply that are shown.
const REPLY_CHARS_MAX: usize = 200;

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
    /// The response has not what was asked for.
    #[error("{0}")]
    Missing(&'static str),
}

/// Sends a small request to the deployment.
///
/// # Errors
/// If there is no such request, it fails, or its response lacks what was asked for.
pub async fn try_out(
    upstream: &Upstream,
    deployment: &Deployment,
    trial: Trial,
) -> Result<TrialResponse, TrialError> {
    let operation = trial.operation();
    let language = deployment.language_for(operation, &OPENAI);
    let language = language.ok_or(TrialError::Untestable)?;
    let prepared = deployment.request(operation, language, trial == Trial::Stream);
    let until = Instant::now() + TRIAL_WAIT;
    let outgoing = Outgoing {
        prepared: prepared.ok_or(TrialError::Untestable)?,
        language,
        forwarded: &ForwardedHeaders::default(),
        body: body(language, trial, deployment)?,
    };
    let provider = &deployment.provider;
    let sent = upstream.send(provider, outgoing, until).await;
    let response = sent.map_err(|refusal| refusal.error)?;
    let bytes = upstream.collect(response.body, until).await?;
    let read = match trial {
        Trial::Embedding => return Ok(embedded(&bytes)?),
        Trial::Stream => language.upstream.read_stream(&bytes),
        Trial::Chat | Trial::Tools | Trial::Vision => language.upstream.read_response(&bytes),
    };
    let response = read.map_err(|error| provider.without_credential(error))?;
    judge(trial, &response)
}

/// Sends the request that suits a deployment by each of its credentials, and returns the last response.
///
/// # Errors
/// If one fails: the first failure, with the label of the credential where there are several.
pub async fn try_each(
    upstream: &Upstream,
    deployments: &[Deployment],
) -> Result<TrialResponse, (Option<String>, TrialError)> {
    let mut last = Err((None, TrialError::Untestable));
    for deployment in deployments {
        let tried = match Trial::of(deployment) {
            Some(trial) => try_out(upstream, deployment, trial).await,
            None => Err(TrialError::Untestable),
        };
        let label = deployment.provider.credential_label();
        last = Ok(tried.map_err(|error| (label.map(str::to_owned), error))?);
    }
    last
}

/// The request in the language of the deployment.
fn body(language: &Language, trial: Trial, deployment: &Deployment) -> Result<Bytes, TrialError> {
    let asked: Bytes = trial.body(&deployment.upstream_model).to_string().into();
    if std::ptr::eq(language, &raw const OPENAI) {
        return Ok(asked);
    }
    let client = OPENAI.client.ok_or(TrialError::Untestable)?;
    let options = WriteOptions {
        upstream_model: &deployment.upstream_model,
        output_tokens_max: None,
        asks_usage: false,
        quirks: deployment.quirks,
    };
    let request = client.read_request(&asked);
    let written = request.and_then(|request| language.upstream.write_request(&request, &options));
    written
        .map(|written| written.body)
        .map_err(|_| TrialError::Untestable)
}

/// Looks for what was asked for.
fn judge(trial: Trial, response: &Response) -> Result<TrialResponse, TrialError> {
    let is_call = |part: &Part| matches!(part.content, Content::ToolCall(_));
    if trial == Trial::Tools && !response.parts.iter().any(is_call) {
        let message = "the model responded without calling the tool that it was asked to call";
        return Err(TrialError::Missing(message));
    }
    if response.parts.is_empty() {
        return Err(TrialError::Missing("the response is empty"));
    }
    let texts: Vec<&str> = response.parts.iter().filter_map(Part::as_text).collect();
    let usage = response.usage.map(|usage| usage.classes());
    Ok(TrialResponse {
        reply: texts.concat().chars().take(REPLY_CHARS_MAX).collect(),
        input_tokens: usage.map(|usage| usage.input_tokens()),
        output_tokens: usage.map(|usage| usage.output_tokens()),
    })
}

fn embedded(bytes: &[u8]) -> Result<TrialResponse, UpstreamError> {
    let response: Value = serde_json::from_slice(bytes).map_err(|_| UpstreamError::Protocol {
        detail: "the response is not JSON",
    })?;
    if response.pointer("/data/0/embedding").is_none() {
        let detail = "the response is not one of its language";
        return Err(UpstreamError::Protocol { detail });
    }
    let tokens = response.pointer("/usage/prompt_tokens");
    Ok(TrialResponse {
        input_tokens: tokens.and_then(Value::as_u64),
        ..TrialResponse::default()
    })
}

impl Trial {
    /// The trial that suits a deployment: a chat where it can, else an embedding; `None` if it can do neither.
    pub fn of(deployment: &Deployment) -> Option<Self> {
        let can = |operation| deployment.language_for(operation, &OPENAI).is_some();
        if can(&CHAT) {
            Some(Self::Chat)
        } else {
            can(&EMBEDDINGS).then_some(Self::Embedding)
        }
    }
}
