//! Calling providers: a pool of connections for all, with a limit on every wait.

mod answer;
mod answer_head;
mod connection;
mod connector;
mod deployment;
mod failure;
mod framing;
mod health;
mod origin;
mod pool;
mod probe;
mod request_head;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use llm::{Endpoint, UpstreamError};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout, timeout_at};

use crate::collected::Collected;
use crate::config::UpstreamConfig;
use answer_head::AnswerHead;
use connection::Failed;
use connector::Connector;
use pool::Pool;
use request_head::Call;

pub use answer::AnswerStream;
pub(crate) use connector::tls;
pub use deployment::{ConfiguredProvider, Deployment};
pub use failure::{broken, no_first_byte};
pub use health::{DeploymentKey, Ended, Health, HealthRegistry, HealthState};
pub use origin::Origin;
pub use request_head::{GetRequest, RequestHead};

/// Statuses of success.
const SUCCESS: std::ops::Range<u16> = 200..300;
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
    pub fn new(config: &UpstreamConfig, tls: ClientConfig) -> Self {
        Self {
            connector: Connector::new(config, tls),
            pool: Arc::new(Pool::new(config)),
            config: config.clone(),
        }
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
    ) -> Result<Answer, UpstreamError> {
        let provider = &deployment.provider;
        let call = provider.head(endpoint).with_body(body);
        let answer = timeout_at(first_byte_until, self.exchange(&provider.origin, &call));
        let (head, body) = match answer.await {
            Err(_) => return Err(no_first_byte()),
            Ok(answer) => answer.map_err(|detail| UpstreamError::Connect { detail })?,
        };
        if SUCCESS.contains(&head.status) {
            return Ok(Answer {
                is_event_stream: head.is_event_stream,
                body,
            });
        }
        Err(self.refusal(deployment, &head, body).await)
    }

    /// Uses a connection that is there, or makes one. What a connection says that was closed while it
    /// waited is no answer: if nothing of the request was sent on it, the next one is tried.
    async fn exchange(
        &self,
        origin: &Origin,
        call: &Call,
    ) -> Result<(AnswerHead, AnswerStream), String> {
        loop {
            let pooled = self.pool.take(&origin.key);
            let is_pooled = pooled.is_some();
            let mut connection = match pooled {
                Some(connection) => connection,
                None => self.connector.connect(origin.uri.clone()).await?,
            };
            match connection.exchange(call).await {
                Ok((head, is_sent)) => {
                    // A provider that answers before it has read the request may read the next as its rest.
                    let home = (head.keeps_alive && is_sent)
                        .then(|| (Arc::clone(&self.pool), Arc::clone(&origin.key)));
                    let body = AnswerStream::new(head.framing.clone(), connection, home);
                    return Ok((head, body));
                }
                Err(Failed::Unsent(_)) if is_pooled => {}
                Err(failed) => return Err(failed.into_detail()),
            }
        }
    }

    /// Reads the whole body of an answer.
    ///
    /// # Errors
    /// When it pauses or lasts too long, breaks, or is larger than the limit.
    pub async fn collect(
        &self,
        mut body: AnswerStream,
        deadline: Instant,
    ) -> Result<Bytes, UpstreamError> {
        let gap = Duration::from_millis(self.config.gap_timeout_ms);
        let mut collected = Collected::up_to(self.config.answer_bytes_max, 0);
        while !body.is_ended() {
            let wait = (Instant::now() + gap).min(deadline);
            match timeout_at(wait, body.data()).await {
                Err(_) => {
                    return Err(UpstreamError::Timeout {
                        phase: "the rest of its answer",
                    });
                }
                Ok(None) => break,
                Ok(Some(Err(error))) => return Err(broken(&error)),
                Ok(Some(Ok(data))) => {
                    if !collected.add(data) {
                        return Err(UpstreamError::Protocol {
                            detail: "the answer is larger than upstream.answer_bytes_max",
                        });
                    }
                }
            }
        }
        Ok(collected.finish())
    }

    async fn refusal(
        &self,
        deployment: &Deployment,
        head: &AnswerHead,
        body: AnswerStream,
    ) -> UpstreamError {
        // The status says enough where there is no reason, or one that does not end.
        let reason = timeout(REFUSAL_WAIT, reason(body)).await;
        let reason = reason.ok().flatten().unwrap_or_default();
        let error =
            deployment
                .provider
                .protocol
                .classify_error(head.status, head.retry_after, &reason);
        deployment.provider.without_credential(error)
    }
}

/// A successful answer that has begun.
#[derive(Debug)]
pub struct Answer {
    pub is_event_stream: bool,
    pub body: AnswerStream,
}

async fn reason(mut body: AnswerStream) -> Option<Bytes> {
    let mut collected = Collected::up_to(REFUSAL_BYTES_MAX, 0);
    while let Some(data) = body.data().await {
        if !collected.add(data.ok()?) {
            return None;
        }
    }
    Some(collected.finish())
}
