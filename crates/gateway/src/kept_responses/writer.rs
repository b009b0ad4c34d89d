//! Writing a response down, behind the request: bounded in number and time, and told when it fails.

use std::sync::Arc;

use llm::languages::kept::Turn;
use store::kept_responses::{self, KeptResponse};
use store::sealed::ObjectKey;
use store::{Db, ResponseId, StoreError};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::{INPUT_PLACE, KeptResponses, RESPONSE_PLACE, ResponseOwner};
use crate::clock::Clock;
use crate::config::ResponsesConfig;
use crate::metrics::Metrics;

/// Responses that are written at the same time; others wait.
const WRITES_MAX: usize = 8;

/// The reason for which a response is not kept, as its `yunxin.not_kept` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotKept {
    /// The response is larger than one may be.
    TooLarge,
    /// The account keeps as much as it may.
    AccountFull,
    /// The database did not take it in time.
    Unavailable,
}

impl NotKept {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::AccountFull => "account_full",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Writes responses.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    config: ResponsesConfig,
    db: Db,
    clock: Clock,
    metrics: Arc<Metrics>,
    places: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Writer {
    pub(super) fn new(
        config: &ResponsesConfig,
        db: Db,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            config: config.clone(),
            db,
            clock,
            metrics,
            places: Arc::new(Semaphore::new(WRITES_MAX)),
            tasks: TaskTracker::new(),
        }
    }

    /// Waits for what is being written.
    pub(super) async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    pub(super) fn bytes_max(&self) -> usize {
        self.config.bytes_max
    }

    /// Keeps a turn. It is written whether or not the returned future is awaited, which ends when the database has it, or
    /// when it is known that it will not be kept.
    pub(super) fn keep(
        &self,
        key: &ObjectKey,
        owner: &ResponseOwner,
        ids: (ResponseId, Option<ResponseId>),
        turn: Turn,
    ) -> impl Future<Output = Result<(), NotKept>> + Send + use<> {
        let sealed = self.sealed(key, owner, ids, turn);
        let writer = self.clone();
        let write = async move {
            let wait = writer.config.write_timeout();
            let written = match sealed {
                Ok(kept) => timeout(wait, writer.write(&kept)).await,
                Err(reason) => Ok(Err(reason)),
            };
            let written = written.unwrap_or(Err(NotKept::Unavailable));
            if let Err(reason) = written {
                writer.metrics.count_response_not_kept(reason.as_str());
            }
            written
        };
        let task = self.tasks.spawn(write);
        async move { task.await.unwrap_or(Err(NotKept::Unavailable)) }
    }

    fn sealed(
        &self,
        key: &ObjectKey,
        owner: &ResponseOwner,
        (id, previous_id): (ResponseId, Option<ResponseId>),
        turn: Turn,
    ) -> Result<KeptResponse, NotKept> {
        let bytes = turn.input.len() + turn.response.len();
        if bytes > self.config.bytes_max {
            return Err(NotKept::TooLarge);
        }
        let seal = || {
            let input = key.seal(INPUT_PLACE, turn.input.into())?;
            let response = key.seal(RESPONSE_PLACE, turn.response.into())?;
            Ok((input, response))
        };
        let (input, response) = seal().map_err(failed)?;
        let now_ms = self.clock.now_ms();
        Ok(KeptResponse {
            id,
            account_id: owner.account_id.clone(),
            api_key_id: owner.api_key_id.clone(),
            previous_id,
            input,
            response,
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX),
            created_at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(self.config.retention_ms()),
        })
    }

    async fn write(&self, kept: &KeptResponse) -> Result<(), NotKept> {
        let place = self.places.acquire().await;
        let _place = place.map_err(|_| NotKept::Unavailable)?;
        let max = KeptResponses::account_max(&self.config);
        let write = async {
            let mut tx = self.db.begin().await?;
            let is_kept = kept_responses::add(&mut tx, kept, max).await?;
            if is_kept {
                tx.commit().await?;
            }
            Ok(is_kept)
        };
        match write.await.map_err(failed)? {
            true => Ok(()),
            false => Err(NotKept::AccountFull),
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it ends here, as the error of a result"
)]
fn failed(error: StoreError) -> NotKept {
    tracing::warn!(
        error = &error as &dyn std::error::Error,
        "a response could not be kept; its client is told"
    );
    NotKept::Unavailable
}
