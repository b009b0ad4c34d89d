//! Which database a URL names.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use crate::error::StoreError;

const HOW: &str =
    "data is kept in SQLite (sqlite:PATH) or in PostgreSQL (postgres://USER:PASSWORD@HOST/NAME)";
/// Of a password with one of these, the URL has another host.
const ENCODE: &str = "in a user name or password, write # as %23, / as %2F, ? as %3F, @ as %40, : as %3A and % as %25";

/// A URL that was read.
pub(super) enum DatabasePlace {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl DatabasePlace {
    /// Reads it. What is said of one that cannot be read never has its password.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(file(path)?));
        }
        let Some(rest) = after_scheme(url) else {
            return Err(refused(&match url.split_once(':') {
                Some((scheme, _)) => format!("begins with `{scheme}:`; {HOW}"),
                None => format!("names no kind of database; {HOW}"),
            }));
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let beyond = rest.get(authority.len()..).unwrap_or_default();
        let is_cut = !authority.contains('@')
            && beyond
                .find('@')
                .is_some_and(|at| !beyond.get(..at).unwrap_or_default().contains('='));
        if rest.contains('#') || is_cut {
            return Err(refused(&format!(
                "has a character before its host that ends a URL's host; {ENCODE}"
            )));
        }
        match PgConnectOptions::from_str(url) {
            Ok(options) => Ok(Self::Postgres(Box::new(options))),
            Err(error) => Err(refused(&format!("cannot be read: {error}; {ENCODE}"))),
        }
    }
}

fn after_scheme(url: &str) -> Option<&str> {
    url.strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"))
}

fn file(path: &str) -> Result<PathBuf, StoreError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.starts_with(':') {
        return Err(refused("names no file: sqlite:PATH"));
    }
    if path.contains('?') {
        return Err(refused(
            "has parameters after `?`, which sqlite:PATH does not take",
        ));
    }
    Ok(path.into())
}

fn refused(why: &str) -> StoreError {
    StoreError::Conflict {
        reason: format!("database.url {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(url: &str) -> String {
        match DatabasePlace::parse(url) {
            Ok(_) => "taken".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn each_engine_is_known_by_its_scheme_and_no_other_is_taken() {
        for url in [
            "sqlite:data/yunxin.db",
            "sqlite:///var/lib/yunxin.db",
            "postgres://u:p@db/x",
            "postgresql://u:p%23q@[::1]:5432/x?sslmode=require",
            "postgres:///x?host=/run/postgresql&user=a@b",
        ] {
            assert_eq!(why(url), "taken", "{url}");
        }
        for (url, scheme) in [
            ("mysql://u:s3cret@db/x", "`mysql:`"),
            ("mariadb://u:s3cret@db/x", "`mariadb:`"),
            ("jdbc:postgresql://db/x?password=s3cret", "`jdbc:`"),
            (
                "postgresql+asyncpg://u:s3cret@db/x",
                "`postgresql+asyncpg:`",
            ),
            ("data/yunxin.db", "no kind of database"),
        ] {
            let why = why(url);
            assert!(why.contains(scheme) && why.contains(HOW), "{why}");
            assert!(!why.contains("s3cret"), "{why}");
        }
    }

    #[test]
    fn a_password_that_cuts_the_url_is_said_to_need_encoding_and_is_not_shown() {
        for url in [
            "postgres://u:se#cret@127.0.0.1:5432/x",
            "postgres://u:12#cret@127.0.0.1:5432/x",
            "postgres://u:se/cret@127.0.0.1:5432/x",
            "postgres://u:12?cret@127.0.0.1:5432/x",
            "postgres://u:p@db:port/x",
        ] {
            let why = why(url);
            assert!(why.contains("%23") && !why.contains("cret@"), "{why}");
        }
    }

    #[test]
    fn a_file_of_sqlite_is_a_path_and_nothing_else() {
        assert!(why("sqlite:").contains("names no file"));
        assert!(why("sqlite::memory:").contains("names no file"));
        assert!(why("sqlite:x.db?mode=rwc").contains("parameters"));
    }
}
