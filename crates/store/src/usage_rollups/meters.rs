//! Amounts of meters that have no column: read beside the sums, and put into them.

use std::collections::HashMap;

use llm::{Meter, Usage};

use super::Point;
use crate::db::Row;
use crate::error::StoreError;

/// Puts the amounts of `rows` (`at_ms`, `group_key`, `meter`, `amount`) into the points of their step and group.
///
/// # Errors
/// If a row is not what it should be.
pub(crate) fn add_meters(points: &mut [Point], rows: &[Row]) -> Result<(), StoreError> {
    let mut found: HashMap<(i64, String), Usage> = HashMap::new();
    for row in rows {
        let key = (row.int("at_ms")?, row.text("group_key")?);
        add_amount(found.entry(key).or_default(), row)?;
    }
    if found.is_empty() {
        return Ok(());
    }
    for point in points {
        if let Some(meters) = found.get(&(point.at_ms, point.key.clone())) {
            point.sums.meters.add(meters);
        }
    }
    Ok(())
}

/// The amounts of `rows` (`group_key`, `meter`, `amount`) by group.
///
/// # Errors
/// If a row is not what it should be.
pub(crate) fn meters_by_key(rows: &[Row]) -> Result<HashMap<String, Usage>, StoreError> {
    let mut found: HashMap<String, Usage> = HashMap::new();
    for row in rows {
        add_amount(found.entry(row.text("group_key")?).or_default(), row)?;
    }
    Ok(found)
}

/// A name that is no meter is a newer version's, and is passed over.
fn add_amount(meters: &mut Usage, row: &Row) -> Result<(), StoreError> {
    if let Some(meter) = Meter::parse(&row.text("meter")?) {
        meters[meter] += row.count("amount")?;
    }
    Ok(())
}
