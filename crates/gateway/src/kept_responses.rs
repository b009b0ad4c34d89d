//! Responses that are kept, per account, so that conversations go on from them (`docs/decisions/0072`): sealed on their
//! way into the database, behind the request path, and read only for those who name one.

mod follow;
mod pending;
mod writer;

use std::sync::Arc;

use llm::languages::kept::Turn;
use store::kept_responses::{self, KeptMax, KeptResponse};
use store::sealed::MasterKey;
use store::{AccountId, ApiKeyId, Db, ResponseId, StoreError};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::config::ResponsesConfig;
use crate::error::ApiError;
use crate::ingress::BufferedBody;
use crate::metrics::Metrics;
pub use follow::follow;
pub use pending::PendingTurn;
use writer::Writer;

/// Chains that are read at the same time: they must not take the database from those who look up keys.
const READS_MAX: usize = 4;
/// The places of what is sealed of a response.
const INPUT_PLACE: &str = "input";
const RESPONSE_PLACE: &str = "response";

/// The owner of a response.
#[derive(Debug, Clone)]
pub struct ResponseOwner {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
}

/// The kept responses of all accounts.
#[derive(Debug)]
pub struct KeptResponses {
    config: ResponsesConfig,
    db: Db,
    clock: Clock,
    reads: Semaphore,
    writer: Writer,
}

impl KeptResponses {
    /// The responses in a database.
    pub fn new(config: &ResponsesConfig, db: Db, clock: Clock, metrics: Arc<Metrics>) -> Self {
        Self {
            writer: Writer::new(config, db.clone(), clock.clone(), metrics),
            reads: Semaphore::new(READS_MAX),
            config: config.clone(),
            db,
            clock,
        }
    }

    /// True if responses are kept here.
    pub fn is_on(&self) -> bool {
        self.config.store
    }

    /// A response of an account.
    ///
    /// # Errors
    /// If the account has no such response, or the database cannot be read.
    pub async fn find(
        &self,
        master: &MasterKey,
        account_id: &AccountId,
        id: &ResponseId,
    ) -> Result<Turn, ApiError> {
        let found = kept_responses::find(&self.db, account_id, id, self.clock.now_ms()).await?;
        let found = found.ok_or_else(|| ApiError::response_not_found(self.is_on()))?;
        Ok(opened(master, found)?)
    }

    /// Deletes a response of an account.
    ///
    /// # Errors
    /// If the account has no such response, or the database cannot be written.
    pub async fn delete(&self, account_id: &AccountId, id: &ResponseId) -> Result<(), ApiError> {
        let mut tx = self.db.begin().await?;
        let now_ms = self.clock.now_ms();
        if !kept_responses::delete(&mut tx, account_id, id, now_ms).await? {
            return Err(ApiError::response_not_found(self.is_on()));
        }
        Ok(tx.commit().await?)
    }

    /// The turns of the conversation up to a response, the earliest first, with the ids of their responses. What they take
    /// in memory is counted for `body`, where a request goes on from them.
    ///
    /// # Errors
    /// If the account has no such response, the conversation is too long, or the database cannot be read.
    pub async fn chain(
        &self,
        master: &MasterKey,
        account_id: &AccountId,
        id: &ResponseId,
        body: Option<&mut BufferedBody>,
    ) -> Result<Vec<(ResponseId, Turn)>, ApiError> {
        let _place = self.reads.acquire().await.map_err(ApiError::internal)?;
        // One link more than may be tells a chain that is too long.
        let place = (self.config.chain_max + 1, self.clock.now_ms());
        let links = kept_responses::read_links(&self.db, account_id, id, place).await?;
        let Some(first) = links.last() else {
            return Err(ApiError::previous_response_not_found(id.as_str()));
        };
        let bytes: u64 = links.iter().map(|link| link.bytes).sum();
        if links.len() as u64 > self.config.chain_max || bytes > self.config.chain_bytes_max {
            let max = (self.config.chain_max, self.config.chain_bytes_max);
            return Err(ApiError::previous_response_too_long(max));
        }
        if let Some(missing) = &first.previous_id {
            return Err(ApiError::previous_response_not_found(missing.as_str()));
        }
        if let Some(body) = body {
            body.make_room(usize::try_from(bytes).unwrap_or(usize::MAX))?;
        }
        let read = kept_responses::read_chain(&self.db, account_id, id, place).await?;
        let mut turns = Vec::with_capacity(read.len());
        for kept in read {
            turns.push((kept.id.clone(), opened(master, kept)?));
        }
        if turns.len() != links.len() {
            // One was deleted meanwhile: a conversation with a gap is another one.
            return Err(ApiError::previous_response_not_found(id.as_str()));
        }
        Ok(turns)
    }

    /// Waits for what is being written, which takes no longer than `responses.write_timeout_ms`.
    pub async fn finish(&self) {
        self.writer.finish().await;
    }

    /// The most that an account may keep.
    fn account_max(config: &ResponsesConfig) -> KeptMax {
        KeptMax {
            responses: config.per_account_max,
            bytes: config.bytes_per_account_max,
        }
    }
}

fn opened(master: &MasterKey, kept: KeptResponse) -> Result<Turn, StoreError> {
    let key = master.object_key(&kept.account_id, kept.id.as_str())?;
    Ok(Turn {
        input: key.open(INPUT_PLACE, kept.input)?.into(),
        response: key.open(RESPONSE_PLACE, kept.response)?.into(),
    })
}
