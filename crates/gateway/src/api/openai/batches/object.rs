//! A batch, in OpenAI's words.

use serde::Serialize;
use serde_json::Value;
use store::batches::{Batch, BatchState};

use super::request::WINDOW;
use crate::batches::{BatchFault, METADATA_PLACE};
use crate::error::ApiError;
use crate::state::Gateway;

const NANOS: f64 = 1e9;

#[derive(Debug, Serialize)]
pub struct BatchObject {
    id: String,
    object: &'static str,
    endpoint: String,
    model: Option<String>,
    errors: Option<ErrorList>,
    input_file_id: String,
    completion_window: &'static str,
    status: &'static str,
    output_file_id: Option<String>,
    error_file_id: Option<String>,
    /// Seconds since 1970, as are all that follow.
    created_at: i64,
    in_progress_at: Option<i64>,
    expires_at: i64,
    finalizing_at: Option<i64>,
    completed_at: Option<i64>,
    failed_at: Option<i64>,
    expired_at: Option<i64>,
    cancelling_at: Option<i64>,
    cancelled_at: Option<i64>,
    request_counts: RequestCounts,
    metadata: Option<Value>,
    yunxin: OwnMembers,
}

#[derive(Debug, Serialize)]
struct ErrorList {
    object: &'static str,
    data: Vec<BatchFault>,
}

#[derive(Debug, Serialize)]
struct RequestCounts {
    total: u64,
    completed: u64,
    failed: u64,
}

/// Members besides OpenAI's; amounts in dollars.
#[derive(Debug, Serialize)]
struct OwnMembers {
    /// The most that its requests may cost, once it is validated.
    estimate: f64,
    spent: f64,
    max_spend: Option<f64>,
}

impl BatchObject {
    pub(super) fn of(app: &Gateway, batch: &Batch) -> Result<Self, ApiError> {
        let key = app
            .master
            .object_key(&batch.account_id, batch.id.as_str())?;
        let metadata = match &batch.metadata {
            Some(sealed) => {
                let plain = key.open(METADATA_PLACE, sealed.clone())?;
                Some(serde_json::from_slice(&plain).map_err(ApiError::internal)?)
            }
            None => None,
        };
        let faults = BatchFault::list_of(&key, batch)?;
        let ended = |state: BatchState| {
            batch
                .ended_at_ms
                .filter(|_| batch.state == state)
                .map(seconds)
        };
        Ok(Self {
            id: batch.id.to_string(),
            object: "batch",
            endpoint: batch.endpoint.clone(),
            model: batch.model.clone(),
            errors: (!faults.is_empty()).then_some(ErrorList {
                object: "list",
                data: faults,
            }),
            input_file_id: batch.input_file_id.to_string(),
            completion_window: WINDOW,
            status: batch.state.as_str(),
            output_file_id: batch.output_file_id.as_ref().map(ToString::to_string),
            error_file_id: batch.error_file_id.as_ref().map(ToString::to_string),
            created_at: seconds(batch.created_at_ms),
            in_progress_at: batch.in_progress_at_ms.map(seconds),
            expires_at: seconds(batch.expires_at_ms),
            finalizing_at: batch.finalizing_at_ms.map(seconds),
            completed_at: ended(BatchState::Completed),
            failed_at: ended(BatchState::Failed),
            expired_at: ended(BatchState::Expired),
            cancelling_at: batch.cancelling_at_ms.map(seconds),
            cancelled_at: ended(BatchState::Cancelled),
            request_counts: RequestCounts {
                total: batch.total,
                completed: batch.completed,
                failed: batch.failed,
            },
            metadata,
            yunxin: OwnMembers {
                estimate: dollars(batch.estimate_nanos),
                spent: dollars(batch.spent_nanos),
                max_spend: batch.spend_max_nanos.map(dollars),
            },
        })
    }
}

fn seconds(at_ms: i64) -> i64 {
    at_ms.div_euclid(1_000)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "amounts of dollars for people, as JSON has numbers"
)]
fn dollars(nanos: u64) -> f64 {
    nanos as f64 / NANOS
}
