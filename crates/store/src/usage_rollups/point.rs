//! A place in a course of sums.

use super::Sums;
use crate::db::Row;
use crate::error::StoreError;

/// The sums of one step and one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub at_ms: i64,
    /// The name of the group; empty without a dimension.
    pub key: String,
    pub sums: Sums,
}

impl Point {
    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            at_ms: row.int("at_ms")?,
            key: row.text("group_key")?,
            sums: Sums::from_row(row)?,
        })
    }
}
