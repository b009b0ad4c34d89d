//! The executor: takes batches that no server runs, a few at a time, and leads each to its end.

use std::time::Duration;

use store::StoreError;
use store::batches::{self, Batch, BatchState};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::leased::{Leased, Left, lease_ms};
use super::{ending, run, validation};
use crate::state::GatewayState;

/// The pause between two looks for batches.
const LOOK: Duration = Duration::from_secs(1);
/// The pause after a failure of what batches need.
const FAILED: Duration = Duration::from_secs(5);
/// The pause between two looks at the journal.
const JOURNAL_LOOK: Duration = Duration::from_millis(50);

/// Runs batches until `stop`.
pub async fn serve(app: GatewayState, stop: CancellationToken) {
    Executor { app, stop }.run().await;
}

/// The server as it runs batches.
struct Executor {
    app: GatewayState,
    stop: CancellationToken,
}

impl Executor {
    async fn run(self) {
        self.wait_for_journal().await;
        if self.app.db.engine() == "sqlite" {
            // Nobody else can be there: the data folder is this server's.
            let _ = batches::release_all(&self.app.db).await;
        }
        let mut running = JoinSet::new();
        loop {
            while running.try_join_next().is_some() {}
            let mut pause = LOOK;
            if running.len() < self.app.config.batches.running_max {
                match self.claim().await {
                    Ok(Some(batch)) => {
                        let (app, stop) = (self.app.clone(), self.stop.clone());
                        running.spawn(lead(app, batch, stop));
                        pause = Duration::ZERO;
                    }
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "batches could not be looked for"
                        );
                        pause = FAILED;
                    }
                }
            }
            tokio::select! {
                () = sleep(pause) => {}
                () = self.app.batch_wanted.notified() => {}
                () = self.stop.cancelled() => break,
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Waits until the database has what this server's journal had: lines are asked after there.
    async fn wait_for_journal(&self) {
        while self.app.metering.state().pending > 0 && !self.stop.is_cancelled() {
            sleep(JOURNAL_LOOK).await;
        }
    }

    async fn claim(&self) -> Result<Option<Batch>, StoreError> {
        let now_ms = self.app.db.clock_ms().await?;
        if !batches::is_any_free(&self.app.db, now_ms).await? {
            return Ok(None);
        }
        let mut tx = self.app.db.begin().await?;
        let server = &self.app.process.replica_id;
        let claimed = batches::claim(&mut tx, server, now_ms, now_ms + lease_ms()).await?;
        tx.commit().await?;
        Ok(claimed)
    }
}

/// Leads a batch to its end, or leaves it to the next server.
async fn lead(app: GatewayState, batch: Batch, stop: CancellationToken) {
    let id = batch.id.clone();
    let left = match Leased::new(&app, batch) {
        Ok(mut leased) => to_end(&mut leased, &stop).await,
        Err(error) => Err(error.into()),
    };
    match left {
        Ok(()) | Err(Left::Lost) => return,
        Err(Left::Stopped) => {}
        Err(Left::Failed(error)) => {
            tracing::warn!(
                batch.id = id.as_str(),
                error = format!("{error:#}"),
                "a batch waits, because something fails"
            );
            tokio::select! {
                () = sleep(FAILED) => {}
                () = stop.cancelled() => {}
            }
        }
    }
    if let Err(error) = batches::release(&app.db, &id, &app.process.replica_id).await {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a batch is left to its lease"
        );
    }
}

async fn to_end(leased: &mut Leased, stop: &CancellationToken) -> Result<(), Left> {
    loop {
        match leased.batch.state {
            BatchState::Validating => validation::validate(leased, stop).await?,
            BatchState::InProgress => run::run(leased, stop).await?,
            BatchState::Finalizing | BatchState::Cancelling => ending::end(leased).await?,
            BatchState::Failed
            | BatchState::Completed
            | BatchState::Expired
            | BatchState::Cancelled => return Ok(()),
        }
        leased.read_again().await?;
    }
}
