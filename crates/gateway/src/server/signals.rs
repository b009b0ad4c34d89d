//! Signals to a running server.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Finish what runs, take nothing new. A second one cuts what runs.
    Stop,
    /// Read the catalogue again.
    Reload,
}

/// Messages in their order, from the system or from a test.
#[derive(Debug)]
pub struct Signals(mpsc::Receiver<Signal>);

impl Signals {
    /// SIGTERM and SIGINT stop, SIGHUP reloads.
    ///
    /// # Errors
    /// If the system does not let us listen.
    pub fn from_system(tasks: &TaskTracker) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(8);
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hangup = signal(SignalKind::hangup())?;
        tasks.spawn(async move {
            loop {
                let message = tokio::select! {
                    _ = terminate.recv() => Signal::Stop,
                    _ = interrupt.recv() => Signal::Stop,
                    _ = hangup.recv() => Signal::Reload,
                };
                if sender.send(message).await.is_err() {
                    return;
                }
            }
        });
        Ok(Self(receiver))
    }

    /// Messages of the caller's.
    pub fn from_channel(receiver: mpsc::Receiver<Signal>) -> Self {
        Self(receiver)
    }

    /// The next message. A sender that is gone can only mean the end.
    pub async fn next(&mut self) -> Signal {
        self.0.recv().await.unwrap_or(Signal::Stop)
    }

    /// Waits for another `Stop`; for ever, if nobody is left to send it.
    pub(super) async fn second_stop(&mut self) {
        while let Some(message) = self.0.recv().await {
            if message == Signal::Stop {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}
