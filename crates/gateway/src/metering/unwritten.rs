//! Usage that the database did not take before a stop of an earlier version: a file in the data folder. Since there is a
//! journal none is made any more.
//!
//! A file has an event per line and is complete: it was made by a process that was about to end. Its reader takes
//! its lock, leaves out what the database has already (a request has one id), and removes it only when all of it is
//! written.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use store::usage_events::{self, UsageEvent};
use store::{Db, error_rollups, platform_rollups, usage_rollups};

const PREFIX: &str = "unwritten-usage-";
const SUFFIX: &str = ".jsonl";
/// The suffix of the file for lines that could not be read, kept for people.
const BROKEN_SUFFIX: &str = ".broken";
/// Events that are read, and written in one transaction.
const EVENTS_PER_WRITE: usize = 2_048;
/// No event of ours is longer; whatever is, is no event.
const LINE_BYTES_MAX: u64 = 65_536;

/// The result of recovering such files.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// Events that are in the database now.
    pub events: usize,
    /// Lines that could not be read and were set aside.
    pub broken: usize,
}

/// Writes what such files hold into the database, and removes them.
///
/// # Errors
/// If a file cannot be read or the database does not take it; what is not written yet stays where it is.
pub async fn write_unwritten(folder: &Path, db: &Db) -> anyhow::Result<Recovered> {
    let mut recovered = Recovered::default();
    for path in list(folder)? {
        let file = File::open(&path);
        let file = file.with_context(|| format!("cannot read {}", path.display()))?;
        // Another process on this folder may be at it.
        if file.try_lock().is_err() {
            continue;
        }
        let of_file = write_file(&path, &file, db).await;
        let of_file = of_file.with_context(|| format!("{} is not written yet", path.display()))?;
        fs::remove_file(&path)?;
        recovered.events += of_file.events;
        recovered.broken += of_file.broken;
    }
    Ok(recovered)
}

fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

async fn write_file(path: &Path, file: &File, db: &Db) -> anyhow::Result<Recovered> {
    let mut lines = Lines::new(path, file);
    let mut recovered = Recovered::default();
    loop {
        let events = lines.next_events()?;
        if events.is_empty() {
            break;
        }
        recovered.events += write(db, events).await?;
    }
    recovered.broken = lines.broken_count;
    Ok(recovered)
}

async fn write(db: &Db, mut events: Vec<UsageEvent>) -> anyhow::Result<usize> {
    let mut seen = HashSet::new();
    events.retain(|event| seen.insert(event.request_id.clone()));
    let mut tx = db.begin().await?;
    usage_events::retain_new(&mut tx, &mut events).await?;
    usage_events::insert(&mut tx, &events).await?;
    usage_rollups::add(&mut tx, &events).await?;
    platform_rollups::add(&mut tx, &events).await?;
    error_rollups::add(&mut tx, &events).await?;
    tx.commit().await?;
    Ok(events.len())
}

/// The events of a file.
struct Lines<'a> {
    reader: BufReader<&'a File>,
    /// The file for lines that are none.
    broken_path: PathBuf,
    broken: Option<File>,
    broken_count: usize,
}

impl<'a> Lines<'a> {
    fn new(path: &Path, file: &'a File) -> Self {
        let mut broken_path = path.as_os_str().to_owned();
        broken_path.push(BROKEN_SUFFIX);
        Self {
            reader: BufReader::new(file),
            broken_path: broken_path.into(),
            broken: None,
            broken_count: 0,
        }
    }

    /// As many as are written at once; none at the end.
    fn next_events(&mut self) -> anyhow::Result<Vec<UsageEvent>> {
        let mut events = Vec::new();
        let mut line = Vec::new();
        while events.len() < EVENTS_PER_WRITE {
            line.clear();
            let read = (&mut self.reader)
                .take(LINE_BYTES_MAX)
                .read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            let text = std::str::from_utf8(&line).unwrap_or_default();
            match UsageEvent::from_line(text) {
                Some(event) => events.push(event),
                None => self.set_aside(&line)?,
            }
        }
        Ok(events)
    }

    fn set_aside(&mut self, line: &[u8]) -> io::Result<()> {
        let file = match &mut self.broken {
            Some(file) => file,
            // Another try at the same file finds the same lines.
            None => self.broken.insert(
                private()
                    .write(true)
                    .truncate(true)
                    .open(&self.broken_path)?,
            ),
        };
        file.write_all(line)?;
        self.broken_count += 1;
        Ok(())
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    options
}
