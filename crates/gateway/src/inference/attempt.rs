//! One call to one deployment: encode, send, and begin to read.

use std::sync::Arc;

use bytes::Bytes;
use llm::UpstreamError;
use llm::language::UsageOption;
use llm::passthrough::Passthrough;
use llm::provider::StreamUsage;
use tokio::time::Instant;

use super::admit::Admission;
use super::settle::Settlement;
use super::stream::{Deadlines, EventRelay, OpenStream};
use super::{Surface, UpstreamBody};
use crate::state::Gateway;
use crate::upstream::{Deployment, ForwardedHeaders, Outgoing, UpstreamRefusal, UpstreamResponse};

/// One call to one deployment, and its deadline.
pub(super) struct Attempt {
    pub(super) surface: Surface,
    pub(super) deployment: Arc<Deployment>,
    pub(super) deadline: Instant,
}

/// The request that is sent to each deployment that is tried.
#[derive(Clone, Copy)]
pub(super) struct ClientRequest<'a> {
    pub(super) admission: &'a Admission,
    pub(super) forwarded: &'a ForwardedHeaders,
    pub(super) body: &'a Bytes,
}

impl Attempt {
    /// Calls the deployment. A stream is returned when it has begun, anything else whole.
    pub(super) async fn run(
        &self,
        app: &Gateway,
        request: ClientRequest<'_>,
        settlement: &mut Settlement,
    ) -> Result<UpstreamBody, UpstreamError> {
        let provider = &self.deployment.provider;
        let config = &app.config.upstream;
        let Admission { summary, model, .. } = request.admission;
        let of_stream = summary.is_streamed.then(|| model.stream_timeout());
        let deadlines = Deadlines::new(config, of_stream, self.deadline);
        let response = self.call(app, request, &deadlines).await;
        let mut response = response.map_err(|refusal| settlement.note_refusal(refusal))?;
        settlement.response_began();
        settlement.note_upstream_response(response.status, response.request_id.take());
        let passthrough = self.passthrough(request.admission);
        if summary.is_streamed {
            let events = EventRelay::new(provider, passthrough.stream(), config.event_bytes_max);
            let open = OpenStream::read(config, response, events, &deadlines, settlement).await?;
            return Ok(UpstreamBody::Stream(Box::new(open)));
        }
        let bytes = app.upstream.collect(response.body, self.deadline).await?;
        let response = passthrough.response(bytes);
        let response = response.map_err(|error| provider.without_credential(error))?;
        Ok(UpstreamBody::Whole(response))
    }

    /// Sends the request; once more without the option that asks for usage, where the provider refuses it for that
    /// and the operator did not say that it must be asked.
    async fn call(
        &self,
        app: &Gateway,
        request: ClientRequest<'_>,
        deadlines: &Deadlines,
    ) -> Result<UpstreamResponse, UpstreamRefusal> {
        let stream_usage = self.deployment.provider.stream_usage;
        let may_learn = request.admission.summary.is_streamed && stream_usage == StreamUsage::Learn;
        let health = &self.deployment.health;
        let option = match stream_usage {
            StreamUsage::Ask => UsageOption::Set,
            StreamUsage::Learn if !health.refuses_stream_options(app.clock.now_ms()) => {
                UsageOption::Set
            }
            StreamUsage::Learn | StreamUsage::Never => UsageOption::Removed,
        };
        let send = |option| self.send(app, request, option, deadlines.begin_until);
        match send(option).await {
            Err(refusal)
                if may_learn && option == UsageOption::Set && refusal.is_of_usage_option =>
            {
                let response = send(UsageOption::Removed).await;
                if response.is_ok() {
                    health.note_refused_stream_options(app.clock.now_ms());
                }
                response
            }
            response => response,
        }
    }

    async fn send(
        &self,
        app: &Gateway,
        request: ClientRequest<'_>,
        usage_option: UsageOption,
        until: Instant,
    ) -> Result<UpstreamResponse, UpstreamRefusal> {
        let ClientRequest {
            admission,
            forwarded,
            body,
        } = request;
        let is_streamed = admission.summary.is_streamed;
        let prepared = self.deployment.request(self.surface.operation, is_streamed);
        let outgoing = Outgoing {
            prepared: prepared.expect("a candidate can do the operation"),
            forwarded,
            body: self.passthrough(admission).request(body, usage_option),
        };
        let provider = &self.deployment.provider;
        app.upstream.send(provider, outgoing, until).await
    }

    /// The passthrough of the bytes: candidates speak the client's language.
    fn passthrough<'a>(&'a self, admission: &'a Admission) -> Passthrough<'a> {
        Passthrough {
            face: self.surface.language.passthrough.expect("clients speak it"),
            client: self.surface.client,
            summary: &admission.summary,
            upstream_model: &self.deployment.upstream_model,
        }
    }

    /// Tells operators of a failure.
    pub(super) fn report(&self, app: &Gateway, settlement: &Settlement, error: &UpstreamError) {
        let last = settlement.attempts.last();
        let provider = &self.deployment.provider.name;
        app.metrics.count_upstream_error(provider, error.kind());
        tracing::warn!(
            request.id = settlement.request_id(),
            provider.name = &**provider,
            upstream.model = &*self.deployment.upstream_model,
            error = error as &dyn std::error::Error,
            error.kind = error.kind(),
            upstream.status = last.and_then(|last| last.status),
            upstream.request_id = last.and_then(|last| last.upstream_request_id.as_deref()),
            "attempt failed"
        );
    }
}
