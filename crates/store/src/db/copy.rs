//! A whole database from SQLite to PostgreSQL: every row, in one transaction, with counts and sums held against each other.

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row as _, SqliteConnection};

use super::value::{self, Value};
use super::{Db, open};
use crate::error::StoreError;

/// Tables of processes that run, and the list of migrations, which is made by those.
const NOT_COPIED: [&str; 5] = [
    "_sqlx_migrations",
    "replicas",
    "servers",
    "limit_counts",
    "limit_words",
];
/// Rows of one statement, the bytes from which on it is sent, and the values that PostgreSQL takes with one.
const ROWS_MAX: usize = 500;
const BYTES_MAX: i128 = 4 << 20;
const VALUES_MAX: usize = 60_000;

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    pub name: String,
    pub rows: u64,
}

/// Copies every row from a SQLite database to a PostgreSQL database that holds nothing yet, or none at all. Nothing is written to
/// the source meanwhile.
///
/// # Errors
/// If the engines are other ones, the target holds accounts, users, keys or usage, a count or a sum differs afterwards
/// ([`StoreError::Conflict`]), or one of the databases fails.
pub async fn copy(from: &Db, to: &Db) -> Result<Vec<CopiedTable>, StoreError> {
    let (Db::Sqlite { writer, .. }, Db::Postgres { pool, .. }) = (from, to) else {
        return Err(conflict("it copies from SQLite to PostgreSQL only"));
    };
    from.require_schema().await?;
    to.migrate().await?;
    let mut source = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut connection = open::for_migrations(&pool.connect_options()).await?;
    let mut target = connection.begin().await?;
    refuse_if_used(&mut target).await?;
    let tables = tables(&mut source).await?;
    for table in tables.iter().rev() {
        let sql = format!("DELETE FROM \"{}\"", table.name);
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut *target)
            .await?;
    }
    let mut copied = Vec::new();
    for table in &tables {
        let read = table.copy(&mut source, &mut target).await?;
        table.check(&read, &mut target).await?;
        copied.push(CopiedTable {
            name: table.name.clone(),
            rows: read.rows,
        });
    }
    target.commit().await?;
    connection.close().await?;
    Ok(copied)
}

async fn refuse_if_used(target: &mut PgConnection) -> Result<(), StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM accounts) + (SELECT COUNT(*) FROM users)
                   + (SELECT COUNT(*) FROM api_keys) + (SELECT COUNT(*) FROM usage_events)";
    let used: i64 = sqlx::query_scalar(sql).fetch_one(target).await?;
    if used > 0 {
        return Err(conflict(
            "the database to copy to holds accounts, users, keys or usage already; give an empty one",
        ));
    }
    Ok(())
}

/// A table of the schema.
#[derive(Debug)]
struct Table {
    name: String,
    columns: Vec<Column>,
    /// The tables that its rows name.
    parents: Vec<String>,
}

#[derive(Debug)]
struct Column {
    name: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Int,
    Bool,
    Bytes,
}

/// The rows that were read, and a sum per column.
#[derive(Debug)]
struct Sums {
    rows: u64,
    columns: Vec<i128>,
}

/// The tables, each behind those that its rows name.
async fn tables(source: &mut SqliteConnection) -> Result<Vec<Table>, StoreError> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *source).await?;
    let mut unordered = Vec::new();
    for name in names {
        if !NOT_COPIED.contains(&name.as_str()) {
            unordered.push(Table::read(name, source).await?);
        }
    }
    let mut ordered: Vec<Table> = Vec::new();
    while !unordered.is_empty() {
        let is_ready = |table: &Table| {
            let is_there = |parent: &String| {
                *parent == table.name || ordered.iter().any(|one| one.name == *parent)
            };
            table.parents.iter().all(is_there)
        };
        let Some(next) = unordered.iter().position(is_ready) else {
            return Err(conflict("tables name each other in a circle"));
        };
        ordered.push(unordered.remove(next));
    }
    Ok(ordered)
}

impl Table {
    async fn read(name: String, source: &mut SqliteConnection) -> Result<Self, StoreError> {
        let sql = "SELECT name, type FROM pragma_table_info(?1) ORDER BY cid";
        let rows = sqlx::query(sql).bind(&name).fetch_all(&mut *source).await?;
        let mut columns = Vec::new();
        for row in rows {
            let kind = match row.try_get::<String, _>(1)?.as_str() {
                "TEXT" => Kind::Text,
                "BIGINT" | "INTEGER" => Kind::Int,
                "BOOLEAN" => Kind::Bool,
                "BLOB" => Kind::Bytes,
                other => return Err(conflict(&format!("{name} has a column of type {other}"))),
            };
            columns.push(Column {
                name: row.try_get(0)?,
                kind,
            });
        }
        let sql = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)";
        let parents = sqlx::query_scalar(sql)
            .bind(&name)
            .fetch_all(source)
            .await?;
        Ok(Self {
            name,
            columns,
            parents,
        })
    }

    fn column_list(&self) -> String {
        let names = self
            .columns
            .iter()
            .map(|column| format!("\"{}\"", column.name));
        names.collect::<Vec<_>>().join(", ")
    }

    /// Copies all rows, and returns what they add up to.
    async fn copy(
        &self,
        source: &mut SqliteConnection,
        target: &mut PgConnection,
    ) -> Result<Sums, StoreError> {
        let mut sums = Sums {
            rows: 0,
            columns: vec![0; self.columns.len()],
        };
        let most = (VALUES_MAX / self.columns.len().max(1)).min(ROWS_MAX);
        let sql = format!("SELECT {} FROM \"{}\"", self.column_list(), self.name);
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(source);
        let mut batch = Vec::new();
        let (mut waiting, mut bytes) = (0, 0);
        while let Some(row) = rows.try_next().await? {
            for (index, column) in self.columns.iter().enumerate() {
                let value = column.kind.read(&row, index)?;
                let measured = measure(&value);
                if let Some(sum) = sums.columns.get_mut(index) {
                    *sum += measured;
                }
                if matches!(column.kind, Kind::Text | Kind::Bytes) {
                    bytes += measured;
                }
                batch.push(value);
            }
            sums.rows += 1;
            waiting += 1;
            // Chunks of files are large: so many rows of them would not fit into memory, nor into a message.
            if waiting == most || bytes >= BYTES_MAX {
                self.insert(std::mem::take(&mut batch), waiting, target)
                    .await?;
                (waiting, bytes) = (0, 0);
            }
        }
        if waiting > 0 {
            self.insert(batch, waiting, target).await?;
        }
        Ok(sums)
    }

    async fn insert(
        &self,
        values: Vec<Value>,
        rows: usize,
        target: &mut PgConnection,
    ) -> Result<(), StoreError> {
        let width = self.columns.len();
        let row = |row: usize| {
            let places = (1..=width).map(|column| format!("${}", row * width + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        };
        let places = (0..rows).map(row).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "INSERT INTO \"{}\" ({}) VALUES {places}",
            self.name,
            self.column_list()
        );
        sqlx::query_with(AssertSqlSafe(sql), value::postgres(values)?)
            .execute(target)
            .await?;
        Ok(())
    }

    /// Compares the rows that PostgreSQL has now with those that were read.
    async fn check(&self, read: &Sums, target: &mut PgConnection) -> Result<(), StoreError> {
        let sums = self.columns.iter().map(Column::sum).collect::<Vec<_>>();
        let sql = format!(
            "SELECT COUNT(*)::TEXT, {} FROM \"{}\"",
            sums.join(", "),
            self.name
        );
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(target).await?;
        let expected = std::iter::once(i128::from(read.rows)).chain(read.columns.iter().copied());
        for (index, expected) in expected.enumerate() {
            let found: String = row.try_get(index)?;
            if found != expected.to_string() {
                return Err(conflict(&format!(
                    "{}: {expected} was read and {found} was written (place {index}); nothing was kept",
                    self.name
                )));
            }
        }
        Ok(())
    }
}

impl Column {
    /// The sum of the column, as PostgreSQL has it.
    fn sum(&self) -> String {
        let name = &self.name;
        match self.kind {
            Kind::Text | Kind::Bytes => {
                format!("COALESCE(SUM(OCTET_LENGTH(\"{name}\")), 0)::TEXT")
            }
            Kind::Int => format!("COALESCE(SUM(\"{name}\"::NUMERIC), 0)::TEXT"),
            Kind::Bool => format!("COUNT(*) FILTER (WHERE \"{name}\")::TEXT"),
        }
    }
}

impl Kind {
    fn read(self, row: &sqlx::sqlite::SqliteRow, index: usize) -> Result<Value, StoreError> {
        Ok(match self {
            Self::Text => Value::OptText(row.try_get(index)?),
            Self::Int => Value::OptInt(row.try_get(index)?),
            Self::Bool => Value::OptBool(row.try_get(index)?),
            Self::Bytes => Value::OptBytes(row.try_get(index)?),
        })
    }
}

/// The part of a value in the sum of its column: a number itself, the length of a text or of bytes.
fn measure(value: &Value) -> i128 {
    let of_length = |length: usize| i128::try_from(length).unwrap_or(i128::MAX);
    match value {
        Value::OptText(Some(text)) | Value::Text(text) => of_length(text.len()),
        Value::OptInt(Some(number)) | Value::Int(number) => i128::from(*number),
        Value::OptBool(Some(flag)) | Value::Bool(flag) => i128::from(*flag),
        Value::OptBytes(Some(bytes)) | Value::Bytes(bytes) => of_length(bytes.len()),
        Value::OptText(None)
        | Value::OptInt(None)
        | Value::OptBool(None)
        | Value::OptBytes(None) => 0,
    }
}

fn conflict(reason: &str) -> StoreError {
    StoreError::Conflict {
        reason: reason.to_owned(),
    }
}
