//! Calling providers: a pool of connections for all, with a limit on every wait.

mod abilities;
mod addresses;
mod auth;
mod call;
mod connection;
mod connector;
mod deployment;
mod failure;
mod forwarded;
mod framing;
mod header_line;
mod health;
mod origin;
mod pool;
mod prepared;
mod probe;
mod reservation;
mod response;
mod response_head;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use llm::error::ErrorDetail;
use llm::{Language, UpstreamError};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

use crate::clock::Clock;
use crate::config::UpstreamConfig;
use crate::limited_body::LimitedBody;
use crate::metrics::Metrics;
use call::Call;
use connection::Failed;
use connector::Connector;
use pool::Pool;
use response_head::ResponseHead;

pub use abilities::{Abilities, Need};
pub use addresses::{AddressError, AddressPolicy};
use auth::Fetch;
pub use auth::{
    Auth, AuthMethod, AuthParts, AuthSettings, CredentialHeader, CredentialSource,
    CredentialSources,
};
pub(crate) use connector::tls;
pub use deployment::{ConfiguredProvider, CredentialName, Deployment, DeploymentParts};
use failure::not_taken;
pub use failure::{broken, no_first_byte};
pub use forwarded::ForwardedHeaders;
pub use health::{CallOutcome, Health, HealthRegistry, HealthState, LastFailure};
pub use origin::UpstreamOrigin;
pub use prepared::PreparedRequest;
pub use probe::ProbeOutcome;
pub use reservation::{Hours, Reservation};
pub use response::ResponseStream;

/// Statuses of success.
const SUCCESS: std::ops::Range<u16> = 200..300;
/// Statuses by which a parameter is refused.
const BAD_REQUEST: [u16; 2] = [400, 422];
/// From here on a status is a refusal.
const REFUSALS: u16 = 400;
/// Longest body of a refusal that is read for its reason.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;
/// The wait for the reason of a refusal; the status says most of it.
const REFUSAL_WAIT: Duration = Duration::from_secs(2);

/// The way to all providers.
#[derive(Debug)]
pub struct Upstream {
    connector: Connector,
    /// The way to those who hand out credentials.
    fetch: Fetch,
    pool: Arc<Pool>,
    config: UpstreamConfig,
    clock: Clock,
    /// For calls to others: reading the system's roots takes longer than all else of a start.
    tls: ClientConfig,
}

impl Upstream {
    /// A client that has no connection yet.
    pub fn new(
        config: &UpstreamConfig,
        tls: ClientConfig,
        metrics: Arc<Metrics>,
        clock: Clock,
    ) -> Self {
        let connector = Connector::new(config, tls.clone());
        let machine = Connector::to_machine(config, tls.clone());
        Self {
            fetch: Fetch::new(connector.clone(), machine, clock.clone()),
            connector,
            pool: Arc::new(Pool::new(config, metrics)),
            config: config.clone(),
            clock,
            tls,
        }
    }

    /// The roots and versions that calls to others go by.
    pub fn tls(&self) -> &ClientConfig {
        &self.tls
    }

    /// A client outside of a server.
    ///
    /// # Errors
    /// If the system has no certificates to trust.
    pub fn of_config(config: &UpstreamConfig, clock: Clock) -> anyhow::Result<Self> {
        Ok(Self::new(config, tls()?, Arc::default(), clock))
    }

    /// Closes connections that nobody has used for long.
    pub fn prune(&self) {
        self.pool.prune();
    }

    /// Renews a credential if its end is near, so that no request has to wait for it.
    pub async fn renew(&self, source: &CredentialSource) {
        source.renew_if_due(&self.fetch).await;
    }

    /// Sends one request and waits, until `first_byte_until`, for the headers of a successful response.
    ///
    /// # Errors
    /// If the call fails: the failure, classified by the provider's protocol.
    pub async fn send(
        &self,
        provider: &ConfiguredProvider,
        request: Outgoing<'_>,
        first_byte_until: Instant,
    ) -> Result<UpstreamResponse, UpstreamRefusal> {
        let is_sent = AtomicBool::default();
        let language = request.language;
        let exchange = async {
            let Outgoing {
                prepared,
                forwarded,
                body,
                ..
            } = request;
            let auth = provider.auth.ready(&self.fetch).await?;
            let call = prepared.call(&auth, forwarded, body)?;
            let exchange = self.exchange(&provider.origin, &call, &is_sent).await;
            exchange.map_err(|detail| UpstreamError::Connect { detail })
        };
        let (head, body) = match timeout_at(first_byte_until, exchange).await {
            Err(_) if is_sent.load(Ordering::Relaxed) => return Err(no_first_byte().into()),
            Err(_) => return Err(not_taken().into()),
            Ok(response) => response?,
        };
        if SUCCESS.contains(&head.status) {
            return Ok(UpstreamResponse {
                status: head.status,
                request_id: head.request_id,
                is_event_stream: head.is_event_stream,
                content_type: head.content_type,
                body,
            });
        }
        Err(Box::pin(self.refusal((provider, language), &head, body)).await)
    }

    /// Uses a connection that is there, or makes one. What a connection says that was closed while it
    /// waited is no response: if nothing of the request was sent on it, the next one is tried.
    ///
    /// A request that met the end of a connection in use again is sent once more, on a connection of its own
    /// (RFC 9112, 9.3.1): no byte of a response came, and the provider closed for idleness. A generation is not
    /// idempotent, but a provider that had begun it would have been seen to work for longer.
    async fn exchange(
        &self,
        origin: &UpstreamOrigin,
        call: &Call,
        is_sent: &AtomicBool,
    ) -> Result<(ResponseHead, ResponseStream), String> {
        let mut may_reuse = true;
        loop {
            let pooled = may_reuse.then(|| self.pool.take(&origin.key)).flatten();
            let is_pooled = pooled.is_some();
            let mut connection = match pooled {
                Some(connection) => connection,
                // Boxed, so that a request that finds a connection does not carry the making of one.
                None => Box::pin(self.connector.connect(&origin.uri)).await?,
            };
            match connection.exchange(call, is_sent).await {
                Ok((head, is_sent)) => {
                    let home = (head.keeps_alive && was_read(call, &head, is_sent))
                        .then(|| (Arc::clone(&self.pool), Arc::clone(&origin.key)));
                    let body = ResponseStream::new(head.framing.clone(), connection, home);
                    return Ok((head, body));
                }
                Err(Failed::Unsent(_)) if is_pooled => {}
                Err(Failed::Desynced) => self.pool.distrust(&origin.key),
                Err(Failed::Raced(_)) => {
                    self.pool.note_raced(&origin.key);
                    may_reuse = false;
                }
                Err(failed) => return Err(failed.into_detail()),
            }
        }
    }

    /// Reads the whole body of a response.
    ///
    /// # Errors
    /// If it lasts too long, breaks, or is larger than the limit.
    pub async fn collect(
        &self,
        mut body: ResponseStream,
        deadline: Instant,
    ) -> Result<Bytes, UpstreamError> {
        let mut limited = LimitedBody::up_to(self.config.response_bytes_max, 0);
        while !body.is_ended() {
            match timeout_at(deadline, body.data()).await {
                Err(_) => {
                    return Err(UpstreamError::Timeout {
                        phase: "the rest of its response",
                    });
                }
                Ok(None) => break,
                Ok(Some(Err(error))) => return Err(broken(&error)),
                Ok(Some(Ok(data))) => {
                    if !limited.add(data) {
                        return Err(UpstreamError::Protocol {
                            detail: "the response is larger than upstream.response_bytes_max",
                        });
                    }
                }
            }
        }
        Ok(limited.finish())
    }

    async fn refusal(
        &self,
        (provider, language): (&ConfiguredProvider, &'static Language),
        head: &ResponseHead,
        body: ResponseStream,
    ) -> UpstreamRefusal {
        let reason = reason(body).await;
        let headers = head.failure.as_deref();
        let language = language.upstream;
        let refusal = llm::Refusal {
            status: Some(head.status),
            retry: headers.map(|headers| &headers.retry),
            error_type: headers.and_then(|headers| headers.error_type.as_deref()),
            body: &reason,
            now: u64::try_from(self.clock.now_ms())
                .ok()
                .map(Duration::from_millis),
        };
        let error = provider.without_credential(language.classify_error(&refusal));
        let words = match error.detail() {
            Some(detail) => detail.clone(),
            // A timeout of the provider's own: its class has no words, the response may.
            None => provider.words_without_credential(refusal.words()),
        };
        UpstreamRefusal {
            error,
            stated: Some(Box::new(StatedRefusal {
                status: head.status,
                request_id: head.request_id.clone(),
                words,
            })),
            is_of_usage_option: BAD_REQUEST.contains(&head.status)
                && language.refuses_usage_option(&reason),
        }
    }
}

/// A request on its way out.
#[derive(Debug)]
pub struct Outgoing<'a> {
    pub prepared: &'a PreparedRequest,
    /// The language of the request.
    pub language: &'static Language,
    /// The headers of the client that the provider gets.
    pub forwarded: &'a ForwardedHeaders,
    pub body: Bytes,
}

/// The reason why there is no successful response.
#[derive(Debug)]
pub struct UpstreamRefusal {
    pub error: UpstreamError,
    /// The response, if there was one.
    pub stated: Option<Box<StatedRefusal>>,
    /// The provider refuses the request, and speaks of the option that asks for usage in a stream.
    pub is_of_usage_option: bool,
}

/// A refusal as the provider stated it.
#[derive(Debug)]
pub struct StatedRefusal {
    pub status: u16,
    /// The provider's own id of the request.
    pub request_id: Option<Box<str>>,
    pub words: ErrorDetail,
}

impl From<UpstreamError> for UpstreamRefusal {
    fn from(error: UpstreamError) -> Self {
        Self {
            error,
            stated: None,
            is_of_usage_option: false,
        }
    }
}

/// Tells that a provider may be believed to have read all of a request. One that responds before it has may
/// read the rest as the next request, and a refusal of a long body is often sent without a look at the body,
/// which is then in the system's buffers still: such a connection is not used again.
fn was_read(call: &Call, head: &ResponseHead, is_sent: bool) -> bool {
    is_sent && (head.status < REFUSALS || !call.is_long())
}

/// A successful response that has begun.
#[derive(Debug)]
pub struct UpstreamResponse {
    pub status: u16,
    /// The provider's own id of the request.
    pub request_id: Option<Box<str>>,
    pub is_event_stream: bool,
    /// The type of the body, where that is neither JSON nor events.
    pub content_type: Option<Box<str>>,
    pub body: ResponseStream,
}

/// As much of the reason of a refusal as comes in time: a part of it is better than none, and the status says
/// most.
async fn reason(mut body: ResponseStream) -> Bytes {
    let mut room = REFUSAL_BYTES_MAX;
    let mut limited = LimitedBody::up_to(room, 0);
    let until = Instant::now() + REFUSAL_WAIT;
    while room > 0
        && let Ok(Some(Ok(mut data))) = timeout_at(until, body.data()).await
    {
        data.truncate(room);
        room -= data.len();
        limited.add(data);
    }
    limited.finish()
}
