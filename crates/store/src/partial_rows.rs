//! Partly partial rows: one bad row must not take the good ones with it.

use crate::db::Row;
use crate::error::StoreError;

/// The rows of a table that could be read, and the errors of the others.
#[derive(Debug)]
pub struct PartialRows<T> {
    pub rows: Vec<T>,
    pub unreadable: Vec<StoreError>,
}

impl<T> Default for PartialRows<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            unreadable: Vec::new(),
        }
    }
}

impl<T> PartialRows<T> {
    pub(crate) fn of(rows: &[Row], read: impl Fn(&Row) -> Result<T, StoreError>) -> Self {
        let mut partial = Self::default();
        for row in rows {
            match read(row) {
                Ok(record) => partial.rows.push(record),
                Err(error) => partial.unreadable.push(error),
            }
        }
        partial
    }
}
