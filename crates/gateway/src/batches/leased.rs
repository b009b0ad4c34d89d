//! A batch that this server runs, for as long as it says that it does.

use std::time::Duration;

use store::batches::{self, Batch, BatchState};
use store::sealed::ObjectKey;
use store::{StoreError, Tx};
use tokio::time::Instant;

use crate::error::ApiError;
use crate::state::GatewayState;

/// The time after which another server takes a batch over whose server says nothing.
pub(super) const LEASE: Duration = Duration::from_secs(15);
/// The pause between two looks at the state of a batch that runs.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// A batch that was claimed.
pub(super) struct Leased {
    pub(super) app: GatewayState,
    pub(super) batch: Batch,
    pub(super) key: ObjectKey,
    looked_at: Instant,
}

/// The reason why a batch is left.
#[derive(Debug)]
pub(super) enum Left {
    /// Another server has it, or it has ended.
    Lost,
    /// The server stops.
    Stopped,
    /// Something fails that may work later.
    Failed(anyhow::Error),
}

impl From<StoreError> for Left {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<ApiError> for Left {
    fn from(error: ApiError) -> Self {
        Self::Failed(anyhow::anyhow!("{}", error.facts().message))
    }
}

impl Leased {
    pub(super) fn new(app: &GatewayState, batch: Batch) -> Result<Self, StoreError> {
        Ok(Self {
            key: app
                .master
                .object_key(&batch.account_id, batch.id.as_str())?,
            app: app.clone(),
            batch,
            looked_at: Instant::now(),
        })
    }

    /// Renews the lease within a transaction, which by that is the only one to change the batch.
    pub(super) async fn hold(&mut self, tx: &mut Tx) -> Result<BatchState, Left> {
        let until_ms = self.app.db.clock_ms().await? + lease_ms();
        let server = &self.app.process.replica_id;
        let state = batches::hold(tx, &self.batch.id, server, until_ms).await?;
        self.looked_at = Instant::now();
        self.batch.state = state.ok_or(Left::Lost)?;
        Ok(self.batch.state)
    }

    /// Renews the lease if that is due; returns the state of the batch as far as it is known.
    pub(super) async fn look(&mut self) -> Result<BatchState, Left> {
        if self.looked_at.elapsed() >= LOOK {
            let mut tx = self.app.db.begin().await?;
            self.hold(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(self.batch.state)
    }

    /// Reads the batch again.
    pub(super) async fn read_again(&mut self) -> Result<(), Left> {
        let found = batches::find(&self.app.db, &self.batch.account_id, &self.batch.id).await?;
        self.batch = found.ok_or(Left::Lost)?;
        Ok(())
    }
}

pub(super) fn lease_ms() -> i64 {
    i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX)
}
