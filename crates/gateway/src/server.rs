//! Sockets: bind, serve, drain, stop.

mod client_socket;
mod connection;
mod descriptors;
mod farewell;
mod heads;
mod places;
mod response_body;
mod signals;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};

use crate::config::ServerConfig;
use crate::jobs::Background;
use crate::router;
use crate::state::GatewayState;
use connection::{Connections, serve_connection};

pub use signals::{Signal, Signals};

/// Longest wait for connections that were cut; each ends itself before that.
const CUT_WAIT: Duration = Duration::from_secs(5);
/// Connections to the metrics.
const SCRAPERS_MAX: usize = 16;
/// Longest wait for what is left to be written.
const FINISH_WAIT: Duration = Duration::from_secs(30);
/// Longest wait, after that or a second signal, for it to be kept in a file.
const KEEP_WAIT: Duration = Duration::from_secs(5);
/// Pause after a failed accept: the system is out of something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The sockets of a server. Bound before anything else is done: a start that cannot work must not have
/// done half of its work.
#[derive(Debug)]
pub struct Sockets {
    api: TcpListener,
    metrics: Option<TcpListener>,
}

impl Sockets {
    /// Binds them.
    ///
    /// # Errors
    /// If an address is taken or not ours.
    pub async fn bind(config: &ServerConfig) -> anyhow::Result<Self> {
        let api = bind(config.listen, "server.listen").await?;
        let metrics = match config.metrics_address()? {
            Some(address) => Some(bind(address, "server.metrics_listen").await?),
            None => None,
        };
        Ok(Self { api, metrics })
    }

    /// The address of the API.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.api.local_addr()
    }
}

/// A server with its sockets, not yet serving.
#[derive(Debug)]
pub struct Server {
    app: GatewayState,
    sockets: Sockets,
    /// The routes of the API's address.
    router: Router,
}

impl Server {
    /// A server on sockets that are bound, whose API's address responds with `router`.
    pub fn new(app: GatewayState, sockets: Sockets, router: Router) -> Self {
        Self {
            app,
            sockets,
            router,
        }
    }

    /// The address of the API.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.sockets.address()
    }

    /// The address of the metrics, if they are served.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.sockets.metrics.as_ref()?.local_addr().ok()
    }

    /// Serves until told to stop; then lets running responses end, ends the jobs, and writes what is left.
    pub async fn run(self, background: Background, mut signals: Signals) {
        let Self {
            app,
            sockets: Sockets { api, metrics },
            router: api_router,
        } = self;
        let graceful = GracefulShutdown::new();
        let connections = Arc::new(Connections::new(
            &app.config.server,
            descriptors::connections_with_room(app.config.server.connections_max),
        ));
        let first_header = Duration::from_millis(app.config.server.first_header_timeout_ms);
        let close_silent = Arc::clone(&connections).close_silent(first_header);
        tokio::pin!(close_silent);
        let unready_until = tokio::time::sleep(Duration::ZERO);
        tokio::pin!(unready_until);
        let mut is_told_to_stop = false;
        if let Some(listener) = metrics {
            let router = router::metrics(app.clone());
            app.process
                .tasks
                .spawn(serve_metrics(app.clone(), listener, router));
        }
        loop {
            tokio::select! {
                accepted = api.accept() => match accepted {
                    Ok(accepted) => serve_connection(&app, &connections, &graceful, &api_router, accepted),
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "accept failed");
                        connections.make_room(&app);
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                () = &mut close_silent => {}
                // Balancers had time to notice.
                () = &mut unready_until, if is_told_to_stop => break,
                signal = signals.next() => match signal {
                    Signal::Stop => {
                        let wait = Duration::from_millis(app.config.server.drain_wait_ms);
                        app.process.draining.cancel();
                        if is_told_to_stop || wait.is_zero() {
                            break;
                        }
                        is_told_to_stop = true;
                        tracing::info!("not ready any more");
                        unready_until.as_mut().reset(Instant::now() + wait);
                    }
                    Signal::Reload => {
                        // Not here: whoever knocks meanwhile must be let in.
                        let app = app.clone();
                        app.clone().process.tasks.spawn(async move { app.reload_catalog_or_log().await });
                    }
                },
            }
        }
        let connections = Arc::new(connections.without_keep_alive());
        let door = Door {
            app: &app,
            api,
            connections,
            router: api_router,
        };
        door.drain(graceful, &mut signals).await;
        finish(&app, background, &mut signals).await;
    }
}

/// Ends the jobs and writes what is left, for as long as that may take.
async fn finish(app: &GatewayState, background: Background, signals: &mut Signals) {
    let finish = async {
        background.stop().await;
        app.db.close().await;
    };
    tokio::pin!(finish);
    let is_finished = tokio::select! {
        () = &mut finish => true,
        () = signals.second_stop() => false,
        () = tokio::time::sleep(FINISH_WAIT) => false,
    };
    if !is_finished {
        app.metering.give_up();
        if timeout(KEEP_WAIT, finish).await.is_err() {
            tracing::error!("stopped before everything was written");
            // A job that hangs kept them open. Whoever takes the folder next settles and writes what is in them, and
            // would pass over files that are still locked.
            app.journal.close();
            app.shared.limiter.keep_all();
        }
    }
    // From now on another may live in the data folder.
    drop(app.process.claim.lock().take());
    tracing::info!("stopped");
}

/// The listener of a server that is about to stop. It stays open as long as anything runs, so that a
/// balancer that asks `/readyz` is told; each new connection gets one response.
struct Door<'a> {
    app: &'a GatewayState,
    api: TcpListener,
    connections: Arc<Connections>,
    router: Router,
}

impl Door<'_> {
    /// Waits for running responses, but not for ever, and not after a second signal.
    async fn drain(self, graceful: GracefulShutdown, signals: &mut Signals) {
        let Self {
            app,
            api,
            connections,
            router,
        } = self;
        tracing::info!(connections = graceful.count(), "draining");
        let late = GracefulShutdown::new();
        let deadline =
            tokio::time::sleep(Duration::from_millis(app.config.server.drain_timeout_ms));
        let all_closed = graceful.shutdown();
        tokio::pin!(deadline, all_closed);
        loop {
            tokio::select! {
                () = &mut all_closed => break,
                () = &mut deadline => {
                    tracing::warn!("responses still run after server.drain_timeout_ms; cutting them");
                    app.process.stopping.cancel();
                    break;
                }
                () = signals.second_stop() => {
                    tracing::warn!("second signal; cutting what still runs");
                    app.process.stopping.cancel();
                    break;
                }
                accepted = api.accept() => if let Ok(accepted) = accepted {
                    serve_connection(app, &connections, &late, &router, accepted);
                }
            }
        }
        drop(api);
        let late_closed = late.shutdown();
        tokio::pin!(late_closed);
        if !app.process.stopping.is_cancelled() {
            tokio::select! {
                () = &mut late_closed => return,
                () = deadline => {}
                () = signals.second_stop() => {}
            }
            app.process.stopping.cancel();
            let _ = timeout(CUT_WAIT, late_closed).await;
            return;
        }
        let _ = timeout(CUT_WAIT, async { tokio::join!(all_closed, late_closed) }).await;
    }
}

async fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} ({setting})"))
}

/// Metrics are for one scraper: few connections, no limits to keep.
async fn serve_metrics(app: GatewayState, listener: TcpListener, router: Router) {
    let graceful = GracefulShutdown::new();
    let scrapers = Arc::new(Connections::new(&app.config.server, SCRAPERS_MAX));
    loop {
        tokio::select! {
            () = app.process.draining.cancelled() => return,
            accepted = listener.accept() => {
                if let Ok(accepted) = accepted {
                    serve_connection(&app, &scrapers, &graceful, &router, accepted);
                }
            }
        }
    }
}
