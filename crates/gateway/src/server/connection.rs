//! One connection: its limits, its service, its end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use store::RequestId;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use crate::app::AppState;
use crate::config::ServerConfig;
use crate::middleware;

/// How long answers that were cut may take to say so.
const LAST_WORDS: Duration = Duration::from_secs(1);
const GOODBYE: Duration = Duration::from_millis(200);

/// What one connection too many is told; nothing of it is read.
const BUSY: &str = "{\"error\":{\"message\":\"The server has as many connections as it takes. Try again shortly.\",\"type\":\"service_unavailable\",\"param\":null,\"code\":\"too_many_connections\"}}";

/// How connections are served, and how many there may be.
#[derive(Debug)]
pub(super) struct Connections {
    builder: http1::Builder,
    permits: Arc<Semaphore>,
    write_timeout: Duration,
}

impl Connections {
    pub(super) fn new(config: &ServerConfig, connections_max: usize) -> Self {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(config.header_read_timeout_ms))
            .max_buf_size(config.header_bytes_max);
        let permits = Arc::new(Semaphore::new(connections_max.min(Semaphore::MAX_PERMITS)));
        Self {
            builder,
            permits,
            write_timeout: Duration::from_millis(config.write_timeout_ms),
        }
    }
}

impl Connections {
    /// The same for connections that are there for one request.
    pub(super) fn without_keep_alive(&self) -> Self {
        let mut builder = self.builder.clone();
        builder.keep_alive(false);
        Self {
            builder,
            permits: Arc::clone(&self.permits),
            write_timeout: self.write_timeout,
        }
    }
}

/// Serves a connection in a task of its own, which the drain waits for.
pub(super) fn serve_connection(
    app: &AppState,
    connections: &Arc<Connections>,
    graceful: &GracefulShutdown,
    router: &Router,
    accepted: (TcpStream, SocketAddr),
) {
    let (stream, peer) = accepted;
    let Ok(permit) = Arc::clone(&connections.permits).try_acquire_owned() else {
        app.metrics.connections_refused.inc();
        app.tasks.spawn(refuse(stream));
        return;
    };
    // Without it the first token of a stream waits for the client's acknowledgement of its head.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "set_nodelay failed"
        );
    }
    let (state, connections, watcher, router) = (
        app.clone(),
        Arc::clone(connections),
        graceful.watcher(),
        router.clone(),
    );
    let open = OpenConnection::new(app);
    app.tasks.spawn(async move {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(connections.write_timeout));
        let service = service_fn(|request: Request<Incoming>| {
            let (state, mut router) = (state.clone(), router.clone());
            async move {
                let request = request.map(Body::new);
                Ok::<_, Infallible>(middleware::answer(&state, &mut router, peer, request).await)
            }
        });
        let connection = connections
            .builder
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        tokio::select! {
            // What ends a connection is the client's business or the network's.
            ended = watcher.watch(connection) => if let Err(error) = ended {
                tracing::debug!(error = &error as &dyn std::error::Error, "connection ended");
            },
            // Dropped, and with it what runs on it, which is settled by that.
            () = after_last_words(&state) => {}
        }
        drop((open, permit));
    });
}

/// Returns when what runs was cut and has had its time to say so.
async fn after_last_words(app: &AppState) {
    app.stopping.cancelled().await;
    tokio::time::sleep(LAST_WORDS).await;
}

/// Counts a connection for as long as it is there, also when its end is a panic.
struct OpenConnection(AppState);

impl OpenConnection {
    fn new(app: &AppState) -> Self {
        app.metrics.connections.inc();
        Self(app.clone())
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.metrics.connections.dec();
    }
}

async fn refuse(mut stream: TcpStream) {
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\nconnection: close\r\nx-request-id: {}\r\ncontent-length: {}\r\n\r\n{BUSY}",
        RequestId::generate(),
        BUSY.len()
    );
    let say = pin!(async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    });
    let _ = tokio::time::timeout(GOODBYE, say).await;
}
