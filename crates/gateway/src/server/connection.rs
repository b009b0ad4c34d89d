//! One connection: its place, its service, its end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use http::header::EXPECT;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use ipnet::IpNet;
use store::RequestId;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::client_socket::{ClientSocket, Slot};
use super::farewell;
use super::places::Places;
use super::response_body::TrackedBody;
use crate::config::ServerConfig;
use crate::error::ApiError;
use crate::ingress::{ClientConnection, IncomingBody};
use crate::middleware;
use crate::state::GatewayState;

/// The time that responses that were cut may take to say so.
const LAST_WORDS: Duration = Duration::from_secs(1);
const GOODBYE: Duration = Duration::from_millis(200);
/// The interval in which silent connections are looked for: a part of the time that they have, and its maximum.
const SILENCE_DIVISOR: u32 = 8;
const SILENCE_TICK_MAX: Duration = Duration::from_secs(1);

/// The settings and places that connections of one listener share.
#[derive(Debug)]
pub(super) struct Connections {
    builder: http1::Builder,
    places: Arc<Places>,
    write_timeout: Duration,
}

impl Connections {
    pub(super) fn new(config: &ServerConfig, connections_max: usize) -> Self {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(config.header_read_timeout_ms))
            .max_buf_size(config.header_bytes_max);
        let places = Places::new(connections_max, config.connections_per_address_max);
        Self {
            builder,
            places: Arc::new(places),
            write_timeout: Duration::from_millis(config.write_timeout_ms),
        }
    }

    /// These settings for connections that are there for one request.
    pub(super) fn without_keep_alive(&self) -> Self {
        let mut builder = self.builder.clone();
        builder.keep_alive(false);
        Self {
            builder,
            places: Arc::clone(&self.places),
            write_timeout: self.write_timeout,
        }
    }

    /// Closes connections without a request, when the system has no more descriptors.
    pub(super) fn make_room(&self, app: &GatewayState) {
        count_closed(app, self.places.make_room());
    }

    /// Closes connections that never send a head, until the future is dropped. hyper's own timer is that of idle
    /// connections, which may wait longer.
    pub(super) async fn close_silent(self: Arc<Self>, wait: Duration) {
        let tick = (wait / SILENCE_DIVISOR).clamp(Duration::from_millis(1), SILENCE_TICK_MAX);
        let mut ticks = tokio::time::interval(tick);
        loop {
            ticks.tick().await;
            self.places.close_silent(wait);
        }
    }
}

/// Serves a connection in a task of its own, which the drain waits for.
pub(super) fn serve_connection(
    app: &GatewayState,
    connections: &Arc<Connections>,
    graceful: &GracefulShutdown,
    router: &Router,
    accepted: (TcpStream, SocketAddr),
) {
    let (stream, peer) = accepted;
    let connection = Arc::new(describe(app, peer));
    let is_shared = connection.share.is_none();
    let (taken, closed) = connections.places.take(&connection, is_shared);
    count_closed(app, closed);
    let Some((seat, place)) = taken else {
        app.metrics.connections_refused.inc();
        app.process.tasks.spawn(refuse(stream));
        return;
    };
    // Without it the first token of a stream waits for the client's acknowledgement of its head.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "set_nodelay failed"
        );
    }
    let open = OpenConnection::new(app);
    let (state, serving) = (app.clone(), Arc::clone(connections));
    let (watcher, router) = (graceful.watcher(), router.clone());
    let served = Arc::clone(&place);
    let task = app.process.tasks.spawn(async move {
        served.begin();
        tokio::select! {
            () = serve(&state, &serving, stream, &connection, watcher, &router) => {}
            // Dropped, and with it what runs on it, which is settled by that.
            () = after_last_words(&state) => {}
        }
        drop((open, seat));
    });
    place.served_by(task.abort_handle());
}

/// Describes a new connection for those who count bytes and name callers.
fn describe(app: &GatewayState, peer: SocketAddr) -> ClientConnection {
    let address = peer.ip().to_canonical();
    let is_within = |network: &IpNet| network.contains(&address);
    let is_proxied = app.ingress.trusted_proxies.iter().any(is_within);
    let share = if is_proxied {
        None
    } else {
        app.ingress.bodies.share_of(address)
    };
    ClientConnection::new(peer, is_proxied, share)
}

async fn serve(
    app: &GatewayState,
    connections: &Connections,
    stream: TcpStream,
    connection: &Arc<ClientConnection>,
    watcher: Watcher,
    router: &Router,
) {
    let slot = Slot::default();
    let socket = ClientSocket::new(
        stream,
        Arc::clone(connection),
        connections.write_timeout,
        Arc::clone(&slot),
    );
    let service = service_fn(|request: Request<Incoming>| {
        connection.begin_request();
        let (app, mut router, connection) = (app.clone(), router.clone(), Arc::clone(connection));
        async move {
            let has_body = !request.body().is_end_stream();
            let expects_continue = has_body && request.headers().contains_key(EXPECT);
            let request = request.map(|incoming| {
                let body = IncomingBody::new(incoming, Arc::clone(&connection), expects_continue);
                Body::new(body)
            });
            let response = middleware::respond(&app, &mut router, &connection, request).await;
            Ok::<_, Infallible>(response.map(|body| TrackedBody::new(body, connection)))
        }
    });
    let served = connections
        .builder
        .serve_connection(TokioIo::new(socket), service);
    // What ends a connection is the client's business or the network's.
    if let Err(error) = watcher.watch(served).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "connection ended");
    }
    let remains = slot.lock().take();
    if let Some(remains) = remains {
        if remains.fault.is_some() {
            app.metrics.heads_refused.inc();
        }
        farewell::end(remains, RequestId::generate(), connection.has_unread_body()).await;
    }
}

/// Returns when what runs was cut and has had its time to say so.
async fn after_last_words(app: &GatewayState) {
    app.process.stopping.cancelled().await;
    tokio::time::sleep(LAST_WORDS).await;
}

/// Counts a connection for as long as it is there, also when its end is a panic.
struct OpenConnection(GatewayState);

impl OpenConnection {
    fn new(app: &GatewayState) -> Self {
        app.metrics.connections.inc();
        Self(app.clone())
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.metrics.connections.dec();
    }
}

fn count_closed(app: &GatewayState, closed: usize) {
    app.metrics
        .connections_closed_for_room
        .inc_by(closed as u64);
}

/// Responses one connection too many; nothing of it is read.
async fn refuse(mut stream: TcpStream) {
    let error = ApiError::too_many_connections();
    let say = async {
        farewell::refuse(&mut stream, &error, RequestId::generate()).await;
        stream.shutdown().await
    };
    let _ = tokio::time::timeout(GOODBYE, say).await;
}
