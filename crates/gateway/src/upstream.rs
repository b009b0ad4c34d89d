//! Calling providers: one HTTP client for all, with a limit on every wait.

mod deployment;

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use llm::{Endpoint, UpstreamError};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::config::UpstreamConfig;

pub use deployment::{ConfiguredProvider, Deployment};

/// Longest body of a refusal that is read for its reason.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;
/// How long the reason of a refusal is waited for; the status says most of it.
const REFUSAL_WAIT: Duration = Duration::from_secs(2);

/// The client, with its connections.
#[derive(Debug, Clone)]
pub struct Upstream {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    config: Arc<UpstreamConfig>,
}

impl Upstream {
    /// A client that has no connection yet.
    ///
    /// # Errors
    /// When the TLS library refuses its own defaults.
    pub fn new(config: &UpstreamConfig) -> anyhow::Result<Self> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_millis(config.connect_timeout_ms)));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls()?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_millis(config.idle_timeout_ms))
            .pool_max_idle_per_host(config.idle_connections_max)
            .http1_max_buf_size(config.header_bytes_max)
            .build(connector);
        Ok(Self {
            client,
            config: Arc::new(config.clone()),
        })
    }

    /// Sends one request and waits for the headers of a successful answer.
    ///
    /// # Errors
    /// The failure, classified by the provider's protocol.
    pub async fn send(
        &self,
        deployment: &Deployment,
        endpoint: Endpoint,
        body: Bytes,
        deadline: Instant,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let provider = &deployment.provider;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = provider.uri(endpoint).clone();
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("yunxin/", env!("CARGO_PKG_VERSION"))),
        );
        if let Some((name, value)) = &provider.auth {
            headers.insert(name.clone(), value.clone());
        }
        let first_byte = Instant::now() + Duration::from_millis(self.config.first_byte_timeout_ms);
        let answer = timeout_at(first_byte.min(deadline), self.client.request(request)).await;
        let response = match answer {
            Err(_) => {
                return Err(UpstreamError::Timeout {
                    phase: "the first byte of its answer",
                });
            }
            Ok(Err(error)) => return Err(connect_error(&error)),
            Ok(Ok(response)) => response,
        };
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refusal(deployment, response).await)
    }

    /// Reads the whole body of an answer.
    ///
    /// # Errors
    /// When it pauses or lasts too long, breaks, or is larger than the limit.
    pub async fn collect(&self, body: Incoming, deadline: Instant) -> Result<Bytes, UpstreamError> {
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
        response: Response<Incoming>,
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

/// The system's roots, where there are any (so that `SSL_CERT_FILE` works for private providers), and
/// Mozilla's otherwise.
pub(crate) fn tls() -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(config.with_root_certificates(roots).with_no_client_auth())
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

/// The texts of these errors name addresses and system errors, never headers.
fn connect_error(error: &hyper_util::client::legacy::Error) -> UpstreamError {
    UpstreamError::Connect {
        detail: chain(error),
    }
}

fn body_error(error: &(dyn std::error::Error + Send + Sync + 'static)) -> UpstreamError {
    if error.is::<http_body_util::LengthLimitError>() {
        return UpstreamError::Protocol {
            detail: "the answer is larger than upstream.answer_bytes_max",
        };
    }
    UpstreamError::Connect {
        detail: chain(error),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
