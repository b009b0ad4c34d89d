use std::net::SocketAddr;

use anyhow::Context;
use clap::Args;
use gateway::server::{Signal, Signals};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::output::Printer;

/// Serve the sandbox provider alone.
#[derive(Debug, Args)]
pub(super) struct Sandbox {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:9100")]
    listen: SocketAddr,
}

impl Sandbox {
    pub(super) fn run(self, output: Printer) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let server = sandbox::Sandbox::bind(self.listen)
                .await
                .with_context(|| format!("cannot listen on {}", self.listen))?;
            output.object(&json!({ "url": format!("http://{}/v1", server.local_addr()) }));
            let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
            let mut signals = Signals::from_system(&tasks)?;
            let waiter = stop.clone();
            tasks.spawn(async move {
                while signals.next().await != Signal::Stop {}
                waiter.cancel();
            });
            server.run(stop).await;
            Ok(())
        })
    }
}
