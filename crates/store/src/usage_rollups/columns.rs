//! The columns of the tables of sums, written once.

/// Columns of sums, beside `requests`: `sum_columns!(use …)` hands the list to one of the uses below.
macro_rules! sum_columns {
    ($($use:tt)+) => {
        crate::usage_rollups::sum_columns_used!(
            $($use)+,
            [input_tokens output_tokens cached_tokens reasoning_tokens charge_nanos duration_us first_tokens first_token_us]
        )
    };
}

macro_rules! sum_columns_used {
    // The names, behind a comma each.
    (names, [$($column:ident)*]) => {
        concat!($(", ", stringify!($column)),*)
    };
    // An upsert's addition to the row of `$table` that is there.
    (added $table:literal, [$($column:ident)*]) => {
        concat!($(", ", stringify!($column), " = ", $table, ".", stringify!($column), " + excluded.", stringify!($column)),*)
    };
    // Sums over any number of rows.
    (summed, [$($column:ident)*]) => {
        concat!($(", CAST(SUM(", stringify!($column), ") AS BIGINT) AS ", stringify!($column)),*)
    };
    (count, [$($column:ident)*]) => {
        [$(stringify!($column)),*].len()
    };
    (bind $sums:ident $to:ident, [$($column:ident)*]) => {
        $($to.count($sums.$column)?;)*
    };
    (read $row:ident $sums:ident, [$($column:ident)*]) => {
        $($sums.$column = $row.count(stringify!($column))?;)*
    };
    (add $sums:ident $other:ident, [$($column:ident)*]) => {
        $($sums.$column = $sums.$column.saturating_add($other.$column);)*
    };
}

/// The binding of each column of a key.
macro_rules! bind_key {
    (account_id, $batch:ident, $to:ident) => {
        $to.shared($batch.account_id.shared())
    };
    (api_key_id, $batch:ident, $to:ident) => {
        $to.shared($batch.api_key_id.shared())
    };
    (step_ms, $batch:ident, $to:ident) => {
        $to.int($batch.step_ms)
    };
    (at_ms, $batch:ident, $to:ident) => {
        $to.int($batch.at_ms)
    };
    (model_id, $batch:ident, $to:ident) => {
        $to.shared(&$batch.model_id)
    };
    (provider_name, $batch:ident, $to:ident) => {
        $to.shared(&$batch.provider_name)
    };
    (endpoint, $batch:ident, $to:ident) => {
        $to.word($batch.endpoint)
    };
    (outcome, $batch:ident, $to:ident) => {
        $to.word($batch.outcome.as_str())
    };
    (status, $batch:ident, $to:ident) => {
        $to.int($batch.status.into())
    };
    (environment, $batch:ident, $to:ident) => {
        $to.word($batch.environment)
    };
}

/// A [`crate::usage_rollups::Table`]: a table of sums, that of its meters, and that of its latencies. They have the same key,
/// and behind it the meter's name or the number of the bucket.
macro_rules! rollup_table {
    ($sums:literal, $meters:literal, $latencies:literal, key [$first:ident $($key:ident)*], beside [$($beside:ident)*], order $order:expr) => {
        crate::usage_rollups::Table {
            order: $order,
            bind_key: |batch, to| {
                crate::usage_rollups::bind_key!($first, batch, to)?;
                $(crate::usage_rollups::bind_key!($key, batch, to)?;)*
                $(crate::usage_rollups::bind_key!($beside, batch, to)?;)*
                Ok(())
            },
            key_columns: [stringify!($first), $(stringify!($key),)* $(stringify!($beside)),*].len(),
            insert_sums: (
                concat!(
                    "INSERT INTO ", $sums, " (", stringify!($first), $(", ", stringify!($key),)*
                    $(", ", stringify!($beside),)* ", requests", crate::usage_rollups::sum_columns!(names), ")"
                ),
                concat!(
                    "ON CONFLICT (", stringify!($first) $(, ", ", stringify!($key))*,
                    ") DO UPDATE SET requests = ", $sums, ".requests + excluded.requests",
                    crate::usage_rollups::sum_columns!(added $sums)
                ),
            ),
            insert_meters: (
                concat!(
                    "INSERT INTO ", $meters, " (", stringify!($first), $(", ", stringify!($key),)*
                    $(", ", stringify!($beside),)* ", meter, amount)"
                ),
                concat!(
                    "ON CONFLICT (", stringify!($first) $(, ", ", stringify!($key))*,
                    ", meter) DO UPDATE SET amount = ", $meters, ".amount + excluded.amount"
                ),
            ),
            insert_latencies: (
                concat!(
                    "INSERT INTO ", $latencies, " (", stringify!($first), $(", ", stringify!($key),)*
                    $(", ", stringify!($beside),)* ", bucket, requests)"
                ),
                concat!(
                    "ON CONFLICT (", stringify!($first) $(, ", ", stringify!($key))*,
                    ", bucket) DO UPDATE SET requests = ", $latencies, ".requests + excluded.requests"
                ),
            ),
        }
    };
}

pub(crate) use {bind_key, rollup_table, sum_columns, sum_columns_used};
