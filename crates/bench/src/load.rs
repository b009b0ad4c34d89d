//! The load generator: one task per connection, nothing shared but counters.

pub(crate) mod closed;
pub(crate) mod in_step;
pub(crate) mod message;
pub(crate) mod open;
mod pacer;
pub(crate) mod streams;

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

const PATH: &str = "/v1/chat/completions";
/// Bytes of a refusal that an error shows.
const REFUSAL_BYTES: usize = 300;
/// A single exchange that takes longer is a failure.
const EXCHANGE_LIMIT: Duration = Duration::from_secs(60);

/// The target of requests, and the key that they carry.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    address: SocketAddr,
    path: &'static str,
    host: HeaderValue,
    authorization: HeaderValue,
}

impl Target {
    pub(crate) fn new(address: SocketAddr, key: &str) -> Result<Self> {
        let host = HeaderValue::try_from(address.to_string())?;
        let authorization = HeaderValue::try_from(format!("Bearer {key}"))?;
        Ok(Self {
            address,
            path: PATH,
            host,
            authorization,
        })
    }

    /// The target at another path.
    pub(crate) fn with_path(&self, path: &'static str) -> Self {
        Self {
            path,
            ..self.clone()
        }
    }

    fn request(&self, body: Bytes) -> Result<Request<Full<Bytes>>> {
        let request = Request::post(self.path)
            .header(HOST, &self.host)
            .header(AUTHORIZATION, &self.authorization)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(request.body(Full::new(body))?)
    }

    /// Asks every millisecond on a new connection until the response is 200.
    pub(crate) async fn first_success(&self, body: &Bytes, limit: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            let attempt = async {
                Connection::open(self)
                    .await?
                    .exchange(self, body, |_| {})
                    .await
            };
            let outcome = timeout(limit, attempt)
                .await
                .unwrap_or_else(|late| Err(late.into()));
            match outcome {
                Ok(()) => return Ok(()),
                Err(error) if started.elapsed() > limit => {
                    return Err(error.context(format!("no success in {limit:?}")));
                }
                Err(_) => sleep(Duration::from_millis(1)).await,
            }
        }
    }
}

/// A kept-alive connection, driven by the request that waits for its response.
#[derive(Debug)]
struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: Pin<Box<http1::Connection<TokioIo<TcpStream>, Full<Bytes>>>>,
    is_open: bool,
}

impl Connection {
    async fn open(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(target.address)
            .await
            .context("cannot connect")?;
        stream.set_nodelay(true)?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
        Ok(Self {
            sender,
            driver: Box::pin(driver),
            is_open: true,
        })
    }

    /// Sends `body` and reads the whole response, which must be a 200.
    async fn exchange(
        &mut self,
        target: &Target,
        body: &Bytes,
        mut on_data: impl FnMut(&[u8]),
    ) -> Result<()> {
        let Self {
            sender,
            driver,
            is_open,
        } = self;
        let exchange = async {
            sender.ready().await?;
            let mut response = sender.send_request(target.request(body.clone())?).await?;
            let mut refusal = Vec::new();
            while let Some(frame) = response.frame().await {
                let Ok(data) = frame?.into_data() else {
                    continue;
                };
                if response.status() != StatusCode::OK {
                    refusal.extend_from_slice(&data);
                }
                on_data(&data);
            }
            check_status(response.status(), &refusal)
        };
        let mut exchange = std::pin::pin!(exchange);
        tokio::select! {
            biased;
            result = &mut exchange => return result,
            ended = driver => {
                *is_open = false;
                ended?;
            }
        }
        // The far side closed behind a complete response.
        exchange.await
    }
}

fn check_status(status: StatusCode, refusal: &[u8]) -> Result<()> {
    if status == StatusCode::OK {
        return Ok(());
    }
    let shown = &refusal[..refusal.len().min(REFUSAL_BYTES)];
    bail!("{status}: {}", String::from_utf8_lossy(shown));
}

/// Counts so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    ok: AtomicU64,
    failed: AtomicU64,
    body_bytes: AtomicU64,
    events: AtomicU64,
    first_failure: Mutex<Option<String>>,
}

impl Tally {
    pub(crate) fn ok(&self) -> u64 {
        self.ok.load(Ordering::Relaxed)
    }

    pub(crate) fn body_bytes(&self) -> u64 {
        self.body_bytes.load(Ordering::Relaxed)
    }

    /// Server-sent events of complete streams.
    pub(crate) fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    /// One line if anything failed.
    pub(crate) fn failure(&self) -> Option<String> {
        let failed = self.failed.load(Ordering::Relaxed);
        let first = self.first_failure.lock().ok()?.clone()?;
        Some(format!(
            "{failed} failed, {} succeeded; the first failure: {first}",
            self.ok()
        ))
    }

    fn record(&self, outcome: &Result<()>) {
        let Err(error) = outcome else {
            self.ok.fetch_add(1, Ordering::Relaxed);
            return;
        };
        self.failed.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut first) = self.first_failure.lock() {
            first.get_or_insert_with(|| format!("{error:#}"));
        }
    }
}
