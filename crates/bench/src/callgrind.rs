//! A program under callgrind, and what it counted.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

pub(crate) const MISSING: &str = "cannot run valgrind; install it with: apt-get install valgrind";

/// A folder of counts: one file per process, written when it ends.
#[derive(Debug)]
pub(crate) struct Callgrind {
    directory: TempDir,
}

impl Callgrind {
    pub(crate) fn new() -> Result<Self> {
        let directory = TempDir::with_prefix("yunxin-callgrind-")?;
        // The worker of nginx is another user when root starts it.
        fs::set_permissions(directory.path(), Permissions::from_mode(0o777))?;
        Ok(Self { directory })
    }

    /// The command line before the program.
    pub(crate) fn prefix(&self) -> [OsString; 5] {
        let mut file = OsString::from("--callgrind-out-file=");
        file.push(self.directory.path().join("count.%p"));
        let options = [
            "valgrind",
            "--tool=callgrind",
            "--quiet",
            "--trace-children=yes",
        ];
        let [valgrind, tool, quiet, children] = options.map(OsString::from);
        [valgrind, tool, quiet, children, file]
    }

    /// Of all processes together, once they have ended.
    ///
    /// # Errors
    /// If a file cannot be read, or no process wrote one.
    pub(crate) fn instructions(&self) -> Result<u64> {
        let mut total = 0;
        for entry in fs::read_dir(self.directory.path())? {
            total += parse_totals(&fs::read_to_string(entry?.path())?).unwrap_or(0);
        }
        ensure!(total > 0, "callgrind counted nothing; {MISSING}");
        Ok(total)
    }
}

/// The line `totals:` ends the file of a process; a file without it belongs to one that was killed.
fn parse_totals(file: &str) -> Option<u64> {
    let line = file
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("totals:"));
    line?.trim().parse().context("not a count").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_the_last_line_of_a_count() {
        let file = "events: Ir\nsummary: 12\nfn=(1) main\n1 7\n\ntotals: 123456789\n";
        assert_eq!(parse_totals(file), Some(123_456_789));
        assert_eq!(parse_totals("events: Ir\n"), None);
    }
}
