//! One call to one deployment: encode, send, and begin to read.

use std::sync::Arc;

use bytes::Bytes;
use llm::chat::{Breakpoints, Made, Request};
use llm::cost::Charges;
use llm::exchange::{CallFacts, Exchange};
use llm::language::UsageOption;
use llm::media::ByBytes;
use llm::provider::StreamUsage;
use llm::route_ask;
use llm::{Language, TranslateError, UpstreamError};
use tokio::time::Instant;

use super::admit::Admission;
use super::settle::{EMPTY, Settlement};
use super::stream::{Deadlines, EventRelay, OpenBytes, OpenStream};
use super::{Surface, UpstreamBody};
use crate::state::Gateway;
use crate::upstream::{Deployment, ForwardedHeaders, Outgoing, UpstreamRefusal, UpstreamResponse};

/// One call to one deployment, and its deadline.
pub(super) struct Attempt {
    pub(super) surface: Surface,
    /// The language in which the deployment is asked.
    pub(super) language: &'static Language,
    pub(super) deployment: Arc<Deployment>,
    pub(super) deadline: Instant,
}

/// The request that is sent to each deployment that is tried.
#[derive(Clone, Copy)]
pub(super) struct ClientRequest<'a> {
    pub(super) admission: &'a Admission,
    pub(super) forwarded: &'a ForwardedHeaders,
    pub(super) body: &'a Bytes,
    /// The request in the inner form, where a deployment speaks another language.
    pub(super) conversation: Option<&'a Request>,
    /// The facts that a translated response says of itself.
    pub(super) made: &'a Made,
    /// The client's `provider` object, where a translation would lose it.
    pub(super) provider_object: Option<&'a Bytes>,
    /// The cost of the response, where the client is told it.
    pub(super) charges: Option<&'a Arc<dyn Charges>>,
}

/// The request as the deployment gets it.
pub(super) struct EncodedRequest {
    body: Bytes,
    option: UsageOption,
    /// The names of parameters that were left out.
    pub(super) dropped: Vec<String>,
}

impl Attempt {
    /// True if the deployment speaks another language than the client.
    pub(super) fn is_translated(&self) -> bool {
        let is_conversation = self.surface.operation.input.is_conversation();
        is_conversation && !std::ptr::eq(self.language, self.surface.language)
    }

    /// The media that have to be sent as bytes. Where the client's own text passes, the provider's row alone decides.
    pub(super) fn by_bytes(&self) -> ByBytes {
        let of_language = if self.is_translated() {
            self.language.by_bytes
        } else {
            ByBytes::NONE
        };
        self.deployment.provider.by_bytes.unwrap_or(of_language)
    }

    /// The automatic cache breakpoints of a key's prompts, if it or the deployment wants some.
    pub(super) fn breakpoints(&self, of_key: bool) -> Breakpoints {
        if of_key || self.deployment.caches_prompts {
            let upstream = self.language.upstream;
            upstream.breakpoints(&self.deployment.upstream_model)
        } else {
            Breakpoints::None
        }
    }

    /// The request in the language of the deployment.
    ///
    /// # Errors
    /// If it has a parameter that the language cannot say.
    pub(super) fn encode(
        &self,
        app: &Gateway,
        request: ClientRequest<'_>,
    ) -> Result<EncodedRequest, TranslateError> {
        let option = match self.deployment.provider.stream_usage {
            StreamUsage::Ask => UsageOption::Set,
            StreamUsage::Learn
                if !self
                    .deployment
                    .health
                    .refuses_stream_options(app.clock.now_ms()) =>
            {
                UsageOption::Set
            }
            StreamUsage::Learn | StreamUsage::Never => UsageOption::Removed,
        };
        self.encode_with(request, option)
    }

    fn encode_with(
        &self,
        request: ClientRequest<'_>,
        option: UsageOption,
    ) -> Result<EncodedRequest, TranslateError> {
        let written = self.exchange(request).request(request.body, option)?;
        let body = match request.provider_object {
            Some(object) => route_ask::with_provider(&written.body, object)?,
            None => written.body,
        };
        Ok(EncodedRequest {
            body,
            option,
            dropped: written.dropped,
        })
    }

    /// Calls the deployment. A stream is returned when it has begun, anything else whole.
    pub(super) async fn run(
        &self,
        app: &Gateway,
        request: ClientRequest<'_>,
        encoded: EncodedRequest,
        settlement: &mut Settlement,
    ) -> Result<UpstreamBody, UpstreamError> {
        let provider = &self.deployment.provider;
        let config = &app.config.upstream;
        let Admission { summary, model, .. } = request.admission;
        let of_stream = summary.is_streamed.then(|| model.stream_timeout());
        let deadlines = Deadlines::new(config, of_stream, self.deadline);
        let response = self.call(app, request, encoded, &deadlines).await;
        let mut response = response.map_err(|refusal| settlement.note_refusal(refusal))?;
        settlement.response_began();
        settlement.note_upstream_response(response.status, response.request_id.take());
        let exchange = self.exchange(request);
        if summary.is_streamed {
            let events = EventRelay::new(provider, exchange.stream(), config.event_bytes_max);
            let open = OpenStream::read(config, response, events, &deadlines, settlement);
            // Boxed, so that a request without a stream does not carry it.
            let open = Box::pin(open).await?;
            return Ok(UpstreamBody::Stream(Box::new(open)));
        }
        // A provider that has the sound in JSON is read as one that responds in JSON.
        if summary.has_bytes_response && response.content_type.is_some() {
            let open = Box::pin(OpenBytes::read(response, deadlines)).await?;
            return Ok(UpstreamBody::Bytes(Box::new(open)));
        }
        let bytes = app.upstream.collect(response.body, self.deadline).await?;
        let response = exchange.response(bytes);
        let response = response.map_err(|error| provider.without_credential(error))?;
        if response.is_empty && settlement.refuses_empty() {
            return Err(EMPTY);
        }
        Ok(UpstreamBody::Whole(response))
    }

    /// Sends the request; once more without the option that asks for usage, where the provider refuses it for that
    /// and the operator did not say that it must be asked.
    async fn call(
        &self,
        app: &Gateway,
        request: ClientRequest<'_>,
        encoded: EncodedRequest,
        deadlines: &Deadlines,
    ) -> Result<UpstreamResponse, UpstreamRefusal> {
        let stream_usage = self.deployment.provider.stream_usage;
        let may_learn = request.admission.summary.is_streamed && stream_usage == StreamUsage::Learn;
        let health = &self.deployment.health;
        let option = encoded.option;
        let send = |body| self.send(app, request, body, deadlines.begin_until);
        match send(encoded.body).await {
            Err(refusal)
                if may_learn && option == UsageOption::Set && refusal.is_of_usage_option =>
            {
                let Ok(again) = self.encode_with(request, UsageOption::Removed) else {
                    return Err(refusal);
                };
                let response = Box::pin(send(again.body)).await;
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
        body: Bytes,
        until: Instant,
    ) -> Result<UpstreamResponse, UpstreamRefusal> {
        let is_streamed = request.admission.summary.is_streamed;
        let operation = self.surface.operation;
        let prepared = self
            .deployment
            .request(operation, self.language, is_streamed);
        let none = ForwardedHeaders::default();
        let outgoing = Outgoing {
            prepared: prepared.expect("a candidate can do the operation"),
            language: self.language,
            // They belong to the client's language.
            forwarded: if self.is_translated() {
                &none
            } else {
                request.forwarded
            },
            body,
        };
        let provider = &self.deployment.provider;
        app.upstream.send(provider, outgoing, until).await
    }

    /// The way of the request and its response: bytes pass where both sides speak one language.
    fn exchange<'a>(&'a self, request: ClientRequest<'a>) -> Exchange<'a> {
        let admission = request.admission;
        let exchange = Exchange::of(&CallFacts {
            operation: self.surface.operation,
            client: self.surface.language,
            face: self.surface.client,
            upstream: self.language,
            summary: &admission.summary,
            request: request.conversation,
            upstream_model: &self.deployment.upstream_model,
            output_tokens_max: admission.model.spec.max_output_tokens,
            quirks: self.deployment.quirks,
            output_limit: self.deployment.provider.output_limit,
            rank_dialect: self.deployment.provider.kind.rank_dialect(),
            made: request.made,
            charges: request.charges,
        });
        exchange.expect("a conversation that is translated was read")
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
