//! The wish for a batch.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use store::batches::NewBatch;
use store::{BatchId, FileId, files};

use crate::auth::ApiKeyCaller;
use crate::batches::{ENDPOINTS, METADATA_PLACE, surface_of};
use crate::error::ApiError;
use crate::state::Gateway;

/// The one window that there is, as at OpenAI.
pub(super) const WINDOW: &str = "24h";
const WINDOW_TIME: Duration = Duration::from_secs(86_400);
/// Bounds of metadata, as OpenAI has them: pairs, and characters of their names and values.
const PAIRS_MAX: usize = 16;
const NAME_CHARS_MAX: usize = 64;
const VALUE_CHARS_MAX: usize = 512;
/// The least and the most that results can be asked to be kept.
const KEPT_SECONDS: std::ops::RangeInclusive<u64> = 3_600..=2_592_000;
/// The highest spend cap, in dollars.
const SPEND_MAX: f64 = 1_000_000.0;
const NANOS: f64 = 1e9;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateBatchRequest {
    input_file_id: String,
    endpoint: String,
    completion_window: String,
    metadata: Option<BTreeMap<String, String>>,
    output_expires_after: Option<ExpiresAfter>,
    yunxin: Option<OwnMembers>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpiresAfter {
    anchor: String,
    seconds: u64,
}

/// Members besides OpenAI's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnMembers {
    /// The most that the batch may spend, in dollars.
    max_spend: Option<f64>,
}

impl CreateBatchRequest {
    /// The batch, where its file is there and its key may use the endpoint.
    pub(super) async fn checked(
        self,
        app: &Gateway,
        caller: &ApiKeyCaller,
    ) -> Result<NewBatch, ApiError> {
        if self.completion_window != WINDOW {
            return Err(ApiError::invalid_field(
                "completion_window",
                "The completion window is 24h.",
            ));
        }
        let Some(surface) = surface_of(app.operations, &self.endpoint) else {
            let message = format!(
                "A batch is for one of these endpoints: {}.",
                ENDPOINTS.join(", ")
            );
            return Err(ApiError::invalid_field("endpoint", message));
        };
        if !caller.key.allows_endpoint(surface.operation.name) {
            return Err(ApiError::endpoint_not_allowed(surface.operation.name));
        }
        let id = BatchId::generate();
        let now_ms = app.clock.now_ms();
        let account_id = caller.key.account_id();
        let file_id = FileId::from(self.input_file_id.as_str());
        let file = files::find(&app.db, account_id, &file_id, now_ms).await?;
        if file.is_none_or(|file| file.purpose != files::FilePurpose::Batch) {
            let message = "There is no such file of the purpose batch, or it is not yours.";
            return Err(ApiError::invalid_request("input_file_not_found", message)
                .with_param("input_file_id"));
        }
        Ok(NewBatch {
            metadata: self.sealed_metadata(app, caller, &id)?,
            spend_max_nanos: self.spend_max_nanos()?,
            output_kept_ms: self.kept_ms(app)?,
            account_id: account_id.clone(),
            api_key_id: caller.key.id().clone(),
            address: caller.address.to_string(),
            endpoint: self.endpoint,
            input_file_id: file_id,
            created_at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(millis(WINDOW_TIME)),
            id,
        })
    }

    fn sealed_metadata(
        &self,
        app: &Gateway,
        caller: &ApiKeyCaller,
        id: &BatchId,
    ) -> Result<Option<Vec<u8>>, ApiError> {
        let Some(metadata) = &self.metadata else {
            return Ok(None);
        };
        let is_short = |(name, value): (&String, &String)| {
            name.chars().count() <= NAME_CHARS_MAX && value.chars().count() <= VALUE_CHARS_MAX
        };
        if metadata.len() > PAIRS_MAX || !metadata.iter().all(is_short) {
            let message = "Metadata has at most 16 pairs, with names of at most 64 and values of at most 512 characters.";
            return Err(ApiError::invalid_field("metadata", message));
        }
        let key = app
            .master
            .object_key(caller.key.account_id(), id.as_str())?;
        let plain = serde_json::to_vec(metadata).map_err(ApiError::internal)?;
        Ok(Some(key.seal(METADATA_PLACE, plain)?))
    }

    fn spend_max_nanos(&self) -> Result<Option<u64>, ApiError> {
        let Some(dollars) = self.yunxin.as_ref().and_then(|own| own.max_spend) else {
            return Ok(None);
        };
        if !(dollars > 0.0 && dollars <= SPEND_MAX) {
            let message = "A spend cap is a number of dollars above 0, and at most 1000000.";
            return Err(ApiError::invalid_field("yunxin.max_spend", message));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 10^15, as was just checked"
        )]
        let nanos = (dollars * NANOS).round() as u64;
        Ok(Some(nanos.max(1)))
    }

    fn kept_ms(&self, app: &Gateway) -> Result<i64, ApiError> {
        let longest = app.files.retention();
        let Some(asked) = &self.output_expires_after else {
            return Ok(millis(longest));
        };
        if asked.anchor != "created_at" || !KEPT_SECONDS.contains(&asked.seconds) {
            let message = "Results are kept from created_at on, for 3600 to 2592000 seconds.";
            return Err(ApiError::invalid_field("output_expires_after", message));
        }
        Ok(millis(Duration::from_secs(asked.seconds).min(longest)))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
