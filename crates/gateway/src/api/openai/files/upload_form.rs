//! The fields of an upload besides its file.

use std::time::Duration;

use store::files::FilePurpose;

use crate::error::ApiError;

/// Bytes of one field.
const FIELD_BYTES_MAX: usize = 256;
/// The least and the most that a file can be asked to be kept, as OpenAI has it.
const KEPT_SECONDS: std::ops::RangeInclusive<u64> = 3_600..=2_592_000;

const PURPOSE: &str = "purpose";
const ANCHOR: &str = "expires_after[anchor]";
const SECONDS: &str = "expires_after[seconds]";

/// The fields as they come, in any order.
#[derive(Debug, Default)]
pub(super) struct UploadForm {
    /// The field that is read.
    current: Option<(&'static str, Vec<u8>)>,
    purpose: Option<FilePurpose>,
    is_anchored: bool,
    kept: Option<Duration>,
}

impl UploadForm {
    /// Begins a field.
    pub(super) fn begin(&mut self, name: &str) -> Result<(), ApiError> {
        let known = [PURPOSE, ANCHOR, SECONDS];
        let Some(name) = known.into_iter().find(|known| *known == name) else {
            return Err(ApiError::unknown_parameter(name));
        };
        self.current = Some((name, Vec::new()));
        Ok(())
    }

    /// Adds to the field that was begun.
    pub(super) fn add(&mut self, data: &[u8]) -> Result<(), ApiError> {
        let Some((name, text)) = &mut self.current else {
            return Ok(());
        };
        if text.len() + data.len() > FIELD_BYTES_MAX {
            return Err(ApiError::invalid_query(name, "a short text"));
        }
        text.extend_from_slice(data);
        Ok(())
    }

    /// Ends the field that was begun, if one was.
    pub(super) fn end(&mut self) -> Result<(), ApiError> {
        let Some((name, text)) = self.current.take() else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(&text);
        match name {
            PURPOSE if text == FilePurpose::Batch.as_str() => {
                self.purpose = Some(FilePurpose::Batch);
            }
            PURPOSE => return Err(purpose_not_served()),
            ANCHOR if text == "created_at" => self.is_anchored = true,
            ANCHOR => return Err(ApiError::invalid_query(ANCHOR, "created_at")),
            _ => {
                let seconds = text
                    .parse()
                    .ok()
                    .filter(|seconds| KEPT_SECONDS.contains(seconds));
                let expected = "a number of seconds from 3600 to 2592000";
                let seconds = seconds.ok_or_else(|| ApiError::invalid_query(SECONDS, expected))?;
                self.kept = Some(Duration::from_secs(seconds));
            }
        }
        Ok(())
    }

    /// The time that the file is to be kept, once its purpose is known to be one that is served.
    pub(super) fn kept(&self, longest: Duration) -> Result<Duration, ApiError> {
        if self.purpose.is_none() {
            let message = "Missing required parameter: 'purpose'. Send batch.";
            let error = ApiError::invalid_request("missing_parameter", message);
            return Err(error.with_param(PURPOSE));
        }
        if self.is_anchored != self.kept.is_some() {
            let both = "both expires_after[anchor] and expires_after[seconds], or neither";
            return Err(ApiError::invalid_query("expires_after", both));
        }
        Ok(self.kept.map_or(longest, |kept| kept.min(longest)))
    }
}

fn purpose_not_served() -> ApiError {
    let expected = "batch; files for other purposes are not kept here, send their content with the request that needs it";
    ApiError::invalid_query(PURPOSE, expected)
}
