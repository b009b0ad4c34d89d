//! One call to one deployment: encode, send, and begin to read.

use std::sync::Arc;

use bytes::Bytes;
use llm::language::spans::{Encode, UsageOption};
use llm::provider::StreamUsage;
use llm::{Endpoint, UpstreamError};
use tokio::time::Instant;

use super::AnswerBody;
use super::admit::Admission;
use super::settle::Settlement;
use super::stream::{EventRelay, OpenStream, Patience};
use crate::state::Gateway;
use crate::upstream::{Answer, Deployment, Refusal};

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
        app: &Gateway,
        admission: &Admission,
        body: &Bytes,
        settlement: &mut Settlement,
    ) -> Result<AnswerBody, UpstreamError> {
        let provider = &self.deployment.provider;
        let config = &app.config.upstream;
        let is_streamed = admission.head.is_streamed;
        let of_stream = is_streamed.then(|| admission.model.stream_timeout());
        let patience = Patience::new(config, of_stream, self.deadline);
        let answer = self.call(app, admission, body, &patience).await?;
        settlement.answer_began();
        if is_streamed {
            let events = EventRelay::new(provider, config.event_bytes_max)
                .hiding_usage(!admission.head.includes_usage)
                .naming_model(self.public_name(admission));
            let open = OpenStream::read(config, answer, events, &patience, settlement).await?;
            return Ok(AnswerBody::Stream(Box::new(open)));
        }
        let bytes = app.upstream.collect(answer.body, self.deadline).await?;
        // Some providers stream although nobody asked.
        let model = &self.deployment.upstream_model;
        let bytes = match provider.protocol.fold_stream(&bytes, model) {
            Some(folded) => folded.map_err(|error| provider.without_credential(error))?,
            None => bytes,
        };
        let facts = provider.protocol.read_answer(&bytes);
        let facts = facts.map_err(|error| provider.without_credential(error))?;
        Ok(AnswerBody::Whole { bytes, facts })
    }

    /// Sends the request; once more without `stream_options`, where the provider refuses it for that and the
    /// operator did not say that it must be asked.
    async fn call(
        &self,
        app: &Gateway,
        admission: &Admission,
        body: &Bytes,
        patience: &Patience,
    ) -> Result<Answer, UpstreamError> {
        let stream_usage = self.deployment.provider.stream_usage;
        let may_learn = admission.head.is_streamed && stream_usage == StreamUsage::Learn;
        let health = self.deployment.health();
        let option = match stream_usage {
            StreamUsage::Ask => UsageOption::Set,
            StreamUsage::Learn if !health.refuses_stream_options(app.clock.now_ms()) => {
                UsageOption::Set
            }
            StreamUsage::Learn | StreamUsage::Never => UsageOption::Removed,
        };
        let send = |option| self.send(app, admission, body, option, patience.begin_until);
        match send(option).await {
            Err(refusal)
                if may_learn && option == UsageOption::Set && refusal.names_stream_options =>
            {
                let answer = send(UsageOption::Removed).await;
                if answer.is_ok() {
                    health.note_refused_stream_options(app.clock.now_ms());
                }
                answer.map_err(|refusal| refusal.error)
            }
            answer => answer.map_err(|refusal| refusal.error),
        }
    }

    async fn send(
        &self,
        app: &Gateway,
        admission: &Admission,
        body: &Bytes,
        usage_option: UsageOption,
        until: Instant,
    ) -> Result<Answer, Refusal> {
        let encode = Encode {
            body,
            head: &admission.head,
            upstream_model: &self.deployment.upstream_model,
            usage_option,
        };
        // What reads as a request of ours can be said in OpenAI's protocol; other protocols may refuse.
        let encoded = self.deployment.provider.protocol.encode(&encode);
        let encoded = encoded.map_err(|error| UpstreamError::InvalidRequest {
            status: 400,
            detail: llm::error::ErrorDetail {
                message: error.to_string(),
                ..Default::default()
            },
        })?;
        app.upstream
            .send(&self.deployment, self.endpoint, encoded, until)
            .await
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
    pub(super) fn report(&self, app: &Gateway, request_id: &str, error: &UpstreamError) {
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
