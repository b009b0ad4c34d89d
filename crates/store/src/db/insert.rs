//! The columns of an insert, written once: each with how it is bound.

/// Defines `HEAD`, `COLUMNS` and `bind` for [`crate::db::Tx::insert_many`], from one list of columns.
macro_rules! insert_columns {
    ($table:literal, |$row:ident: $type:ty, $to:ident| { $first:ident: $bind:expr, $($column:ident: $more:expr,)* }) => {
        const HEAD: &str = concat!(
            "INSERT INTO ", $table, " (", stringify!($first), $(", ", stringify!($column),)* ")"
        );
        const COLUMNS: usize = [stringify!($first), $(stringify!($column)),*].len();

        fn bind($row: &$type, $to: &mut crate::db::Binder) -> Result<(), crate::error::StoreError> {
            $bind?;
            $($more?;)*
            Ok(())
        }
    };
}

pub(crate) use insert_columns;
