//! A record that is read from columns of its own names: the columns are written once, with what each holds.

/// Defines a struct, the list of its columns as a macro that expands to a literal, and `from_row`.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident, $columns:ident {
        $(#[$first_doc:meta])* $first:ident: $first_type:ty = $first_read:expr,
        $($(#[$of:meta])* $column:ident: $type:ty = $read:expr,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $(#[$first_doc])* pub $first: $first_type,
            $($(#[$of])* pub $column: $type,)*
        }

        macro_rules! $columns {
            () => { concat!(stringify!($first) $(, ", ", stringify!($column))*) };
        }

        impl $name {
            fn from_row(row: &crate::db::Row) -> Result<Self, crate::error::StoreError> {
                let read: fn(&crate::db::Row, &'static str) -> Result<$first_type, crate::error::StoreError> = $first_read;
                let $first = read(row, stringify!($first))?;
                $(
                    let read: fn(&crate::db::Row, &'static str) -> Result<$type, crate::error::StoreError> = $read;
                    let $column = read(row, stringify!($column))?;
                )*
                Ok(Self { $first, $($column),* })
            }
        }
    };
}

pub(crate) use record;
