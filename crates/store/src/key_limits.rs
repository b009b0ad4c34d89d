//! Limits of one API key, below those of its account's tier.

use serde::{Deserialize, Serialize};

use crate::db::Row;
use crate::error::StoreError;

/// The limits that a key has of its own. `None` is the limit of the account's tier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyLimits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_day: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrent_requests: Option<u64>,
}

impl KeyLimits {
    /// Returns whether the key has no limit of its own.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The text in the database; none for no limits.
    pub(crate) fn encode(self) -> Option<String> {
        (!self.is_empty()).then(|| serde_json::to_string(&self).unwrap_or_default())
    }

    /// Limits that cannot be read are an error, not the tier's: they were lower.
    pub(crate) fn from_row(row: &Row, column: &'static str) -> Result<Self, StoreError> {
        let Some(text) = row.opt_text(column)? else {
            return Ok(Self::default());
        };
        serde_json::from_str(&text).map_err(|error| StoreError::Corrupt {
            table: "api_keys",
            detail: format!("own_limits: {error}"),
        })
    }
}
