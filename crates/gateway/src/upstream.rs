//! Calling providers: a pool of connections for all, with a limit on every wait.

mod answer;
mod connection;
mod connector;
mod deployment;
mod failure;
mod health;
mod origin;
mod pool;
mod probe;

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Body;
use llm::{Endpoint, UpstreamError};
use tokio::time::{Instant, timeout, timeout_at};

use crate::config::UpstreamConfig;
use connection::Call;
use connector::Connector;
use failure::{body_error, chain};
use pool::Pool;

pub use answer::AnswerStream;
pub use deployment::{ConfiguredProvider, Deployment};
pub use failure::{broken, no_first_byte};
pub use health::{DeploymentKey, Ended, Health, HealthRegistry, HealthState};
pub use origin::{Origin, request_target};

/// Room for the headers of a request, those that hyper adds included.
const HEADERS: usize = 8;
/// Longest body of a refusal that is read for its reason.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;
/// How long the reason of a refusal is waited for; the status says most of it.
const REFUSAL_WAIT: Duration = Duration::from_secs(2);

/// The way to all providers.
#[derive(Debug)]
pub struct Upstream {
    connector: Connector,
    pool: Arc<Pool>,
    config: UpstreamConfig,
}

impl Upstream {
    /// A client that has no connection yet.
    ///
    /// # Errors
    /// When the TLS library refuses its own defaults.
    pub fn new(config: &UpstreamConfig) -> anyhow::Result<Self> {
        Ok(Self {
            connector: Connector::new(config)?,
            pool: Arc::new(Pool::new(config)),
            config: config.clone(),
        })
    }

    /// Closes connections that nobody has used for long.
    pub fn prune(&self) {
        self.pool.prune();
    }

    /// Sends one request and waits, until `first_byte_until`, for the headers of a successful answer.
    ///
    /// # Errors
    /// The failure, classified by the provider's protocol.
    pub async fn send(
        &self,
        deployment: &Deployment,
        endpoint: Endpoint,
        body: Bytes,
        first_byte_until: Instant,
    ) -> Result<Response<AnswerStream>, UpstreamError> {
        let provider = &deployment.provider;
        let mut call = Request::new(Full::new(body));
        *call.method_mut() = Method::POST;
        *call.uri_mut() = provider.target(endpoint).clone();
        let headers = call.headers_mut();
        *headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(HOST, provider.origin.host.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("yunxin/", env!("CARGO_PKG_VERSION"))),
        );
        if let Some((name, value)) = &provider.auth {
            headers.insert(name.clone(), value.clone());
        }
        let answer = timeout_at(first_byte_until, self.exchange(&provider.origin, call));
        let response = match answer.await {
            Err(_) => return Err(no_first_byte()),
            Ok(answer) => answer.map_err(|detail| UpstreamError::Connect { detail })?,
        };
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refusal(deployment, response).await)
    }

    /// Uses a connection that is there, or makes one. What a connection says that was closed while it
    /// waited is no answer: if nothing of the request was sent on it, the next one is tried.
    async fn exchange(
        &self,
        origin: &Origin,
        mut call: Call,
    ) -> Result<Response<AnswerStream>, String> {
        while let Some(mut connection) = self.pool.take(&origin.key) {
            match connection.exchange(call).await {
                Ok(response) => {
                    return Ok(response
                        .map(|body| AnswerStream::new(body, connection, &self.pool, &origin.key)));
                }
                Err(mut error) => match error.take_message() {
                    Some(unsent) => call = unsent,
                    None => return Err(chain(error.error())),
                },
            }
        }
        let mut connection = self.connector.connect(origin.uri.clone()).await?;
        match connection.exchange(call).await {
            Ok(response) => {
                Ok(response
                    .map(|body| AnswerStream::new(body, connection, &self.pool, &origin.key)))
            }
            Err(error) => Err(chain(error.error())),
        }
    }

    /// Reads the whole body of an answer.
    ///
    /// # Errors
    /// When it pauses or lasts too long, breaks, or is larger than the limit.
    pub async fn collect(
        &self,
        body: AnswerStream,
        deadline: Instant,
    ) -> Result<Bytes, UpstreamError> {
        let gap = Duration::from_millis(self.config.gap_timeout_ms);
        let mut body = Limited::new(body, self.config.answer_bytes_max);
        let mut first: Option<Bytes> = None;
        let mut rest = BytesMut::new();
        loop {
            let wait = (Instant::now() + gap).min(deadline);
            let frame = match timeout_at(wait, body.frame()).await {
                Err(_) => {
                    return Err(UpstreamError::Timeout {
                        phase: "the rest of its answer",
                    });
                }
                Ok(None) => break,
                Ok(Some(Err(error))) => return Err(body_error(error.as_ref())),
                Ok(Some(Ok(frame))) => frame,
            };
            let Ok(data) = frame.into_data() else {
                continue;
            };
            match &first {
                // Most answers are one frame, which is then passed on without a copy.
                None => first = Some(data),
                Some(head) if rest.is_empty() => {
                    rest.extend_from_slice(head);
                    rest.extend_from_slice(&data);
                }
                Some(_) => rest.extend_from_slice(&data),
            }
            if body.is_end_stream() {
                break;
            }
        }
        Ok(if rest.is_empty() {
            first.unwrap_or_default()
        } else {
            rest.freeze()
        })
    }

    async fn refusal(
        &self,
        deployment: &Deployment,
        response: Response<AnswerStream>,
    ) -> UpstreamError {
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        let body = Limited::new(response.into_body(), REFUSAL_BYTES_MAX);
        let body = match timeout(REFUSAL_WAIT, body.collect()).await {
            Ok(Ok(collected)) => collected.to_bytes(),
            // The status says enough.
            Ok(Err(_)) | Err(_) => Bytes::new(),
        };
        let error = deployment
            .provider
            .protocol
            .classify_error(status, retry_after, &body);
        deployment.provider.without_credential(error)
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .parse::<u64>()
        .ok()?;
    Some(Duration::from_secs(seconds.min(3_600)))
}
