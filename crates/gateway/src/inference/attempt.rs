//! One call to one deployment: encode, send, and begin to read.

use std::sync::Arc;

use bytes::Bytes;
use llm::protocol::Encode;
use llm::provider::StreamUsage;
use llm::{Endpoint, UpstreamError};
use tokio::time::Instant;

use super::admit::Admission;
use super::relay::AnswerBody;
use super::settle::Settlement;
use super::stream::{EventRelay, OpenStream, Patience};
use crate::app::App;
use crate::upstream::{Answer, AnswerStream, Deployment};

/// Where a request goes, and until when it may take.
pub(super) struct Attempt {
    pub(super) endpoint: Endpoint,
    pub(super) deployment: Arc<Deployment>,
    pub(super) deadline: Instant,
}

impl Attempt {
    /// Calls the deployment. A stream is returned when it has begun, anything else whole.
    pub(super) async fn run(
        &self,
        app: &App,
        admission: &Admission,
        body: &Bytes,
        settlement: &mut Settlement,
    ) -> Result<AnswerBody, UpstreamError> {
        let provider = &self.deployment.provider;
        let encode = Encode {
            body,
            head: &admission.head,
            upstream_model: &self.deployment.upstream_model,
            asks_for_usage: provider.stream_usage == StreamUsage::Asked,
        };
        // What reads as a request of ours can be said in OpenAI's protocol; other protocols may refuse.
        let encoded =
            provider
                .protocol
                .encode(&encode)
                .map_err(|error| UpstreamError::InvalidRequest {
                    status: 400,
                    detail: llm::error::ErrorDetail {
                        message: error.to_string(),
                        ..Default::default()
                    },
                })?;
        let config = &app.config.upstream;
        let patience = Patience {
            first_byte_until: (Instant::now() + config.first_byte_timeout()).min(self.deadline),
            deadline: self.deadline,
        };
        let answer = app
            .upstream
            .send(
                &self.deployment,
                self.endpoint,
                encoded,
                patience.first_byte_until,
            )
            .await?;
        settlement.answer_began();
        if admission.head.is_streamed {
            let upstream = event_stream(answer)?;
            let events = EventRelay::new(provider.protocol, config.event_bytes_max)
                .hiding_usage(!admission.head.includes_usage)
                .naming_model(self.public_name(admission));
            let open = OpenStream::read(config, upstream, events, &patience, settlement).await?;
            return Ok(AnswerBody::Stream(Box::new(open)));
        }
        let bytes = app.upstream.collect(answer.body, self.deadline).await?;
        let facts = provider.protocol.read_answer(&bytes)?;
        Ok(AnswerBody::Whole { bytes, facts })
    }

    /// The name that the client asked for, as JSON, when the upstream knows the model by another.
    pub(super) fn public_name(&self, admission: &Admission) -> Option<String> {
        let asked_for = &admission.head.model;
        if **asked_for == *self.deployment.upstream_model {
            return None;
        }
        serde_json::to_string(asked_for).ok()
    }

    /// Tells operators of a failure.
    pub(super) fn report(&self, app: &App, request_id: &str, error: &UpstreamError) {
        let provider = &self.deployment.provider.name;
        app.metrics.count_upstream_error(provider, error.kind());
        tracing::warn!(
            request.id = request_id,
            provider.name = &**provider,
            upstream.model = &*self.deployment.upstream_model,
            error = error as &dyn std::error::Error,
            error.kind = error.kind(),
            "attempt failed"
        );
    }
}

fn event_stream(answer: Answer) -> Result<AnswerStream, UpstreamError> {
    if !answer.is_event_stream {
        return Err(UpstreamError::Protocol {
            detail: "a stream was asked for, and something else came",
        });
    }
    Ok(answer.body)
}
