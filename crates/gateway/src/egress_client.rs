//! The egress client: calls to addresses that customers name, to the public network only, whatever name stands
//! for what, against SSRF (server-side request forgery).
//!
//! A name is resolved here, every address that it has must be a public one, and the connection goes to an address
//! that was looked at: a second look-up could give another. No redirect is followed, no proxy asked, and little is
//! read. The parts (TCP, TLS, HTTP) are those that the rest of the server uses; a crate that guards them does not
//! come with the choice of resolver, TLS and client that we made, and what has to be right is the list of networks,
//! which is short (`docs/decisions/0013`).

mod networks;
mod target;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

pub(crate) use networks::is_public;
pub(crate) use target::{EgressTarget, TargetError};

/// Calls that run at the same time.
const CALLS_MAX: usize = 16;
/// The timeout of a call in all.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of a response, how much is read before the connection is closed, and how long its headers may be.
const RESPONSE_BYTES_MAX: usize = 16 * 1024;
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Of a response that is wanted, how long it may be.
const WANTED_BYTES_MAX: usize = 256 * 1024;

/// The client.
#[derive(Debug)]
pub struct EgressClient {
    tls: Arc<ClientConfig>,
    /// With `webhooks.allow_private_networks`: HTTP and private addresses too.
    allows_private_networks: bool,
    turns: Semaphore,
}

/// A call whose response is wanted.
#[derive(Debug, Clone)]
pub(crate) struct EgressCall {
    pub method: Method,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The reason why a call brought no response. The words are for the customer: they say nothing of our network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CallError {
    #[error("the address is not allowed")]
    NotAllowed,
    #[error("the name has no address")]
    NoAddress,
    #[error("no connection could be made")]
    NoConnection,
    #[error("the TLS handshake failed; is the certificate valid for this name?")]
    NoTls,
    #[error("the connection broke before the response")]
    Broken,
    #[error("there was no response within 10 seconds")]
    TimedOut,
}

impl EgressClient {
    /// A client with these certificates.
    pub(crate) fn new(tls: ClientConfig, allows_private_networks: bool) -> Self {
        Self {
            tls: Arc::new(tls),
            allows_private_networks,
            turns: Semaphore::new(CALLS_MAX),
        }
    }

    /// Takes an address of a customer's.
    ///
    /// # Errors
    /// If it cannot be called, as far as can be told without a look-up.
    pub(crate) fn target(&self, url: &str) -> Result<EgressTarget, TargetError> {
        EgressTarget::parse(url, self.allows_private_networks)
    }

    /// Posts JSON; the status of the response, whatever it is.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) async fn post(
        &self,
        target: &EgressTarget,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<u16, CallError> {
        let call = EgressCall {
            method: Method::POST,
            headers,
            body,
        };
        let response = self.run(target, call, RESPONSE_BYTES_MAX).await;
        // What it says is nothing to us, however much it is.
        response.map(|(status, _)| status)
    }

    /// Makes a call; the status and the body of the response.
    ///
    /// # Errors
    /// If there is none, or it is longer than a quarter of a mebibyte.
    pub(crate) async fn call(
        &self,
        target: &EgressTarget,
        call: EgressCall,
    ) -> Result<(u16, Bytes), CallError> {
        let (status, body) = self.run(target, call, WANTED_BYTES_MAX).await?;
        Ok((status, body.ok_or(CallError::Broken)?))
    }

    async fn run(
        &self,
        target: &EgressTarget,
        call: EgressCall,
        bytes_max: usize,
    ) -> Result<Response, CallError> {
        let work = async {
            let _turn = self.turns.acquire().await;
            self.exchange(target, call, bytes_max).await
        };
        timeout(TIMEOUT, work)
            .await
            .unwrap_or(Err(CallError::TimedOut))
    }

    async fn exchange(
        &self,
        target: &EgressTarget,
        call: EgressCall,
        bytes_max: usize,
    ) -> Result<Response, CallError> {
        let stream = self.connect(target).await?;
        let request = request(target, call)?;
        if !target.is_https() {
            return send(stream, request, bytes_max).await;
        }
        let name = ServerName::try_from(target.host().to_owned());
        let name = name.map_err(|_| CallError::NotAllowed)?;
        let tls = TlsConnector::from(Arc::clone(&self.tls));
        let stream = tls.connect(name, stream).await;
        send(stream.map_err(|_| CallError::NoTls)?, request, bytes_max).await
    }

    /// A connection to an address that was looked at.
    async fn connect(&self, target: &EgressTarget) -> Result<TcpStream, CallError> {
        let found = lookup_host((target.host_to_look_up(), target.port())).await;
        let addresses: Vec<SocketAddr> = found.map_err(|_| CallError::NoAddress)?.collect();
        if addresses.is_empty() {
            return Err(CallError::NoAddress);
        }
        // A name that has a private address besides public ones is up to something.
        let is_allowed =
            |address: &SocketAddr| self.allows_private_networks || is_public(address.ip());
        if !addresses.iter().all(is_allowed) {
            return Err(CallError::NotAllowed);
        }
        for address in addresses {
            if let Ok(stream) = TcpStream::connect(address).await {
                return Ok(stream);
            }
        }
        Err(CallError::NoConnection)
    }
}

/// The status of a response, and its body if it was whole and not too long.
type Response = (u16, Option<Bytes>);

fn request(target: &EgressTarget, call: EgressCall) -> Result<Request<Full<Bytes>>, CallError> {
    let mut request = Request::builder()
        .method(call.method)
        .uri(target.path())
        .header(HOST, target.authority())
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("yunxin/", env!("CARGO_PKG_VERSION")))
        .body(Full::new(call.body))
        .map_err(|_| CallError::NotAllowed)?;
    request.headers_mut().extend(call.headers);
    Ok(request)
}

async fn send<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    bytes_max: usize,
) -> Result<Response, CallError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let made = http1::Builder::new()
        .max_buf_size(HEAD_BYTES_MAX)
        .handshake(TokioIo::new(stream))
        .await;
    let (mut sender, connection) = made.map_err(|_| CallError::Broken)?;
    let exchange = async {
        let response = sender.send_request(request).await;
        let response = response.map_err(|_| CallError::Broken)?;
        let status = response.status().as_u16();
        // Read in any case, so that the other side need not see a reset.
        let body = Limited::new(response.into_body(), bytes_max)
            .collect()
            .await;
        Ok((status, body.ok().map(|body| body.to_bytes())))
    };
    tokio::pin!(connection, exchange);
    tokio::select! {
        response = &mut exchange => response,
        // It may be over because the response is there.
        _ = &mut connection => exchange.await,
    }
}

#[cfg(test)]
mod tests;
