//! The egress client: calls to addresses that customers name, to the public network only, whatever name stands
//! for what, against SSRF (server-side request forgery).
//!
//! A name is resolved here, every address that it has must be a public one, and the connection goes to an address
//! that was looked at: a second look-up could give another. No redirect of a call is followed, those of a download
//! are new addresses that are looked at (`download`), no proxy is asked, and no more is read than is wanted. The parts (TCP, TLS, HTTP) are those that the rest of the server uses; a crate that guards them does not
//! come with the choice of resolver, TLS and client that we made, and what has to be right is the list of networks,
//! which is short (`docs/decisions/0013`).

mod download;
mod networks;
mod target;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::limited_body::LimitedBody;

pub use download::{Download, DownloadBounds, DownloadError};
pub use networks::is_public;
pub use target::{EgressTarget, TargetError};

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
pub struct EgressCall {
    pub method: Method,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// The reason why a call brought no response. The words are for the customer: they say nothing of our network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
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
    pub fn new(tls: ClientConfig, allows_private_networks: bool) -> Self {
        Self {
            tls: Arc::new(tls),
            allows_private_networks,
            turns: Semaphore::new(CALLS_MAX),
        }
    }

    /// A client for so many calls at the same time.
    #[must_use]
    pub fn with_calls_max(self, calls_max: usize) -> Self {
        let turns = Semaphore::new(calls_max);
        Self { turns, ..self }
    }

    /// Takes an address of a customer's.
    ///
    /// # Errors
    /// If it cannot be called, as far as can be told without a look-up.
    pub fn target(&self, url: &str) -> Result<EgressTarget, TargetError> {
        EgressTarget::parse(url, self.allows_private_networks)
    }

    /// Posts JSON; the status of the response, whatever it is.
    ///
    /// # Errors
    /// If there is none.
    pub async fn post(
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
        let response = self.run(target, call, Room::of(RESPONSE_BYTES_MAX)).await;
        // What it says is nothing to us, however much it is.
        response.map(|response| response.status)
    }

    /// Makes a call; the status and the body of the response.
    ///
    /// # Errors
    /// If there is none, or it is longer than a quarter of a mebibyte.
    pub async fn call(
        &self,
        target: &EgressTarget,
        call: EgressCall,
    ) -> Result<(u16, Bytes), CallError> {
        let response = self.run(target, call, Room::of(WANTED_BYTES_MAX)).await?;
        Ok((
            response.status,
            response.body.map_err(|_| CallError::Broken)?,
        ))
    }

    async fn run(
        &self,
        target: &EgressTarget,
        call: EgressCall,
        room: Room<'_>,
    ) -> Result<Response, CallError> {
        let work = async {
            let _turn = self.turns.acquire().await;
            self.exchange(target, call, room).await
        };
        timeout(TIMEOUT, work)
            .await
            .unwrap_or(Err(CallError::TimedOut))
    }

    async fn exchange(
        &self,
        target: &EgressTarget,
        call: EgressCall,
        room: Room<'_>,
    ) -> Result<Response, CallError> {
        let stream = self.connect(target).await?;
        let request = request(target, call)?;
        if !target.is_https() {
            return send(stream, request, room).await;
        }
        let name = ServerName::try_from(target.host().to_owned());
        let name = name.map_err(|_| CallError::NotAllowed)?;
        let tls = TlsConnector::from(Arc::clone(&self.tls));
        let stream = tls.connect(name, stream).await;
        send(stream.map_err(|_| CallError::NoTls)?, request, room).await
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

/// A response.
struct Response {
    status: u16,
    headers: HeaderMap,
    body: Result<Bytes, BodyFault>,
}

/// The reason why the body of a response is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BodyFault {
    Broken,
    TooLarge,
    /// There is no room for it in memory.
    NoRoom,
}

/// The room for a body: how long it may be, and who is asked for memory as its bytes arrive.
#[derive(Clone, Copy)]
struct Room<'a> {
    bytes_max: usize,
    take: &'a (dyn Fn(usize) -> bool + Sync),
}

impl Room<'_> {
    /// Room for so few bytes that nobody has to be asked.
    fn of(bytes_max: usize) -> Self {
        let take = &|_| true;
        Self { bytes_max, take }
    }
}

fn request(target: &EgressTarget, call: EgressCall) -> Result<Request<Full<Bytes>>, CallError> {
    let mut request = Request::builder()
        .method(call.method)
        .uri(target.path())
        .header(HOST, target.authority())
        .header(USER_AGENT, concat!("yunxin/", env!("CARGO_PKG_VERSION")))
        .body(Full::new(call.body))
        .map_err(|_| CallError::NotAllowed)?;
    if *request.method() != Method::GET {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
    }
    request.headers_mut().extend(call.headers);
    Ok(request)
}

async fn send<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    room: Room<'_>,
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
        let (head, body) = response.into_parts();
        Ok(Response {
            status: head.status.as_u16(),
            headers: head.headers,
            // Read in any case, so that the other side need not see a reset.
            body: read(body, room).await,
        })
    };
    tokio::pin!(connection, exchange);
    tokio::select! {
        response = &mut exchange => response,
        // It may be over because the response is there.
        _ = &mut connection => exchange.await,
    }
}

async fn read(mut body: Incoming, room: Room<'_>) -> Result<Bytes, BodyFault> {
    let mut limited = LimitedBody::up_to(room.bytes_max, 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyFault::Broken)?.into_data() else {
            continue;
        };
        if limited.len() + data.len() > room.bytes_max {
            return Err(BodyFault::TooLarge);
        }
        if !(room.take)(data.len()) {
            return Err(BodyFault::NoRoom);
        }
        limited.add(data);
    }
    Ok(limited.finish())
}

#[cfg(test)]
mod tests;
