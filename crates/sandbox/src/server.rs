//! The listening socket and its connections.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ledger::Ledger;
use crate::payments::Payments;
use crate::router;
use crate::socket::{ResetSwitch, Socket};

/// After `accept` failed (for want of file descriptors, mostly).
const ACCEPT_RETRY: Duration = Duration::from_millis(20);

/// A sandbox provider which is bound to its port and not yet running.
///
/// Connections wait in the listener's queue until [`Sandbox::run`] is polled.
#[derive(Debug)]
pub struct Sandbox {
    listener: TcpListener,
    local_addr: SocketAddr,
}

impl Sandbox {
    /// Binds the address; port 0 takes a free one, see [`Sandbox::local_addr`].
    ///
    /// # Errors
    ///
    /// If the address cannot be bound.
    pub async fn bind(addr: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let local_addr = listener.local_addr()?;
        Ok(Self {
            listener,
            local_addr,
        })
    }

    /// The address in use.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until `shutdown` fires, then drops what is open and returns.
    pub async fn run(self, shutdown: CancellationToken) {
        let (ledger, payments) = (Arc::new(Ledger::default()), Arc::new(Payments::default()));
        let connections = TaskTracker::new();
        while let Some(accepted) = shutdown.run_until_cancelled(self.listener.accept()).await {
            match accepted {
                Ok((stream, _)) => {
                    let connection = serve(stream, Arc::clone(&ledger), Arc::clone(&payments));
                    connections.spawn(shutdown.clone().run_until_cancelled_owned(connection));
                }
                Err(_) => {
                    shutdown
                        .run_until_cancelled(tokio::time::sleep(ACCEPT_RETRY))
                        .await;
                }
            }
        }
        connections.close();
        connections.wait().await;
    }
}

async fn serve(stream: TcpStream, ledger: Arc<Ledger>, payments: Arc<Payments>) {
    // Without it the second small write of a stream would wait for the peer's delayed ACK.
    let _ = stream.set_nodelay(true);
    let reset = ResetSwitch::default();
    let socket = Socket::new(stream, reset.clone());
    let service = service_fn(move |request| {
        let world = (Arc::clone(&ledger), Arc::clone(&payments));
        router::handle(world, reset.clone(), request)
    });
    // An error here is a client which went away or a fault which was asked for.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service)
        .await;
}
