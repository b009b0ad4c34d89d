//! A program under callgrind, and what it counted.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::ops::Sub;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Result, ensure};
use tempfile::TempDir;

pub(crate) const MISSING: &str = "cannot run valgrind; install it with: apt-get install valgrind";
/// The folder for copies of callgrind's files, for `callgrind_annotate`; none are kept without it.
const KEEP: &str = "YUNXIN_BENCH_KEEP";
/// The doors of the allocator (mimalloc) that take memory. What they call among themselves is not counted.
const ALLOCATIONS: [&str; 9] = [
    "mi_malloc",
    "mi_malloc_aligned",
    "mi_zalloc",
    "mi_zalloc_aligned",
    "mi_calloc",
    "mi_calloc_aligned",
    "mi_realloc",
    "mi_realloc_aligned",
    "mi_reallocf",
];
const ALLOCATOR: [&str; 2] = ["mi_", "_mi_"];

/// A folder of counts: one file per process, written when it ends.
#[derive(Debug)]
pub(crate) struct Callgrind {
    directory: TempDir,
}

/// The counts of a program, from its start to its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Instructions in user mode.
    pub(crate) instructions: u64,
    /// Calls for memory, a growing buffer's included; none of a program without symbols, or with another allocator.
    pub(crate) allocations: u64,
}

impl Sub for Counts {
    type Output = Self;

    fn sub(self, fewer: Self) -> Self {
        Self {
            instructions: self.instructions.saturating_sub(fewer.instructions),
            allocations: self.allocations.saturating_sub(fewer.allocations),
        }
    }
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
    pub(crate) fn counts(&self) -> Result<Counts> {
        let mut total = Counts::default();
        for entry in fs::read_dir(self.directory.path())? {
            let path = entry?.path();
            if let (Some(folder), Some(name)) = (std::env::var_os(KEEP), path.file_name()) {
                fs::copy(&path, Path::new(&folder).join(name))?;
            }
            let counts = parse(&fs::read_to_string(&path)?);
            total.instructions += counts.instructions;
            total.allocations += counts.allocations;
        }
        ensure!(
            total.instructions > 0,
            "callgrind counted nothing; {MISSING}"
        );
        Ok(total)
    }
}

/// The line `totals:` ends the file of a process; a file without it belongs to one that was killed.
fn parse(file: &str) -> Counts {
    let mut counts = Counts::default();
    let mut names = Names::default();
    let (mut is_in_allocator, mut is_allocation) = (false, false);
    for line in file.lines() {
        if let Some(function) = line.strip_prefix("fn=") {
            let name = names.of(function);
            is_in_allocator = ALLOCATOR.iter().any(|prefix| name.starts_with(prefix));
        } else if let Some(called) = line.strip_prefix("cfn=") {
            let name = names.of(called);
            // A cycle or a version of a function has a suffix.
            let name = name.split(['\'', '@']).next().unwrap_or_default();
            is_allocation = !is_in_allocator && ALLOCATIONS.contains(&name);
        } else if let Some(calls) = line.strip_prefix("calls=").filter(|_| is_allocation) {
            counts.allocations += first_number(calls);
        } else if let Some(total) = line.strip_prefix("totals:") {
            counts.instructions = first_number(total);
        }
    }
    counts
}

fn first_number(text: &str) -> u64 {
    let first = text.split_ascii_whitespace().next();
    first.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The names of functions, which stand once in a file, with a number that stands for them from then on: `(7) main`.
#[derive(Default)]
struct Names<'a>(HashMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    fn of(&mut self, text: &'a str) -> &'a str {
        match text.split_once(' ') {
            Some((number, name)) => {
                self.0.insert(number, name);
                name
            }
            None => self.0.get(text).copied().unwrap_or(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_the_last_line_of_a_count() {
        let file = "events: Ir\nsummary: 12\nfn=(1) main\n1 7\n\ntotals: 123456789\n";
        assert_eq!(parse(file).instructions, 123_456_789);
        assert_eq!(parse("events: Ir\n"), Counts::default());
    }

    #[test]
    fn calls_for_memory_are_counted_at_the_door() {
        let file = "fn=(1) main\n1 7\ncfn=(2) mi_malloc_aligned\ncalls=3 40\n1 9\ncfn=(4) free\ncalls=5 1\n1 9\n\
                    fn=(2)\n1 7\ncfn=(3) mi_malloc\ncalls=3 40\n\nfn=(5) main2\ncfn=(3)\ncalls=2 40\n\ntotals: 1\n";
        assert_eq!(parse(file).allocations, 5);
    }
}
