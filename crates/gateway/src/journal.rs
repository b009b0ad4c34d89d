//! The journal: every admitted request as it will be accounted for, on the disk of this server before it happens.
//!
//! A request is written down before a provider is asked (`admit`), now and then while its response streams (`progress`), and
//! at its end (`settle`) before the last byte leaves. Each record holds a whole usage event: what the request is accounted
//! as if nothing more is heard of it. From here events go to the database, each once (`metering`). A process that was killed
//! is followed by one that settles what it left open. `docs/decisions/0055` has the reasons.

mod adoption;
mod disk;
mod folder;
mod log;
mod position;
mod reader;
mod record;
mod recovery;
mod settled;
mod sync;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use parking_lot::Mutex;
use store::usage_events::UsageEvent;

use crate::config::{JournalConfig, JournalSync};
use crate::metrics::Metrics;
use disk::{Disk, SystemDisk};
use folder::JournalFolder;
use log::Log;
use record::Kind;
use recovery::Found;
use sync::{Syncer, Waits};

pub use position::Position;
pub use settled::Batch;
pub use sync::Durable;

/// The end of a request, as it was written down.
#[derive(Debug)]
pub struct Settled {
    /// The moment from which on it is durable.
    pub durable: Durable,
    pub place: SettledPlace,
}

/// The place of the end of a request in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettledPlace {
    /// Right before this position.
    Before(Position),
    /// In memory, until the disk takes it: then somewhere behind.
    Later,
    /// Not in this journal, or not as the end that was told.
    Nowhere,
}

thread_local! {
    /// Records are put together here, so that a request allocates none.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The journal of this server.
#[derive(Debug)]
pub struct Journal {
    folder: JournalFolder,
    config: JournalConfig,
    log: Arc<Mutex<Log>>,
    waits: Arc<Waits>,
    metrics: Arc<Metrics>,
    settled: AtomicU64,
    first_segment: u64,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// An admitted request that is not settled.
#[derive(Debug)]
pub struct OpenRequest {
    /// The segment that says the most of it.
    home: u64,
}

/// The outcome of writing down the end of a request.
enum Written {
    At(Position),
    /// In memory, until the disk takes it.
    Held(Durable),
    Dropped,
    /// The journal is closed: the next start settles the request, as one that this process left open.
    ByTheNextStart,
}

/// The reason why no request is let in.
#[derive(Debug, thiserror::Error)]
pub enum NotJournaled {
    #[error("the journal cannot be written")]
    Unwritable(#[source] io::Error),
    #[error("the journal has journal.bytes_max of usage that the database does not take")]
    Full,
    #[error("the server has stopped")]
    Closed,
}

impl Journal {
    /// Opens the journal in a folder, and settles what an earlier process left open there.
    ///
    /// # Errors
    /// If the folder cannot be written or read.
    pub fn open(
        path: &Path,
        config: &JournalConfig,
        metrics: Arc<Metrics>,
    ) -> anyhow::Result<Self> {
        Self::open_on(Arc::new(SystemDisk), path, config, metrics)
    }

    fn open_on(
        disk: Arc<dyn Disk>,
        path: &Path,
        config: &JournalConfig,
        metrics: Arc<Metrics>,
    ) -> anyhow::Result<Self> {
        let folder = JournalFolder::take(path)?;
        // What another server left must not keep this one from having a journal; the next start tries again.
        let adopted = adoption::adopt_left(path, &folder).unwrap_or_else(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the journal that another server left cannot be taken over"
            );
            0
        });
        let mut found = recovery::scan(folder.path())?;
        let log = Log::begin(
            folder.path(),
            Arc::clone(&disk),
            config,
            std::mem::take(&mut found.lengths),
            std::mem::take(&mut found.repeating),
        )?;
        let first_segment = log.end().segment;
        let log = Arc::new(Mutex::new(log));
        let waits = Arc::new(Waits::default());
        let syncer = Syncer {
            log: Arc::clone(&log),
            waits: Arc::clone(&waits),
            metrics: Arc::clone(&metrics),
            disk,
            folder: folder.path().to_owned(),
            is_full: config.sync == JournalSync::Full,
            said_at: None,
        };
        let thread = std::thread::Builder::new().name("journal".to_owned());
        let journal = Self {
            thread: Mutex::new(Some(thread.spawn(move || syncer.run())?)),
            folder,
            config: config.clone(),
            log,
            waits,
            metrics,
            settled: AtomicU64::new(0),
            first_segment,
        };
        journal.metrics.journal_broken.inc_by(found.broken);
        tell(&found, adopted);
        for event in &found.open {
            // Held in memory if the disk is full, as the end of any request.
            let _ = journal.append(Kind::Settle, event, Log::write_or_hold);
        }
        let open = found.open.len() as u64;
        journal.settled.store(open, Ordering::Relaxed);
        Ok(journal)
    }

    /// The name of this journal, by which a database knows how much of it it has.
    pub fn id(&self) -> &str {
        self.folder.id()
    }

    /// Writes down that a request is about to be sent, as the event that it is if nothing more is heard of it.
    ///
    /// # Errors
    /// If it cannot be written: the request must not be sent.
    pub fn admit(&self, event: &UsageEvent) -> Result<OpenRequest, NotJournaled> {
        let admit = |log: &mut Log, bytes: &[u8]| {
            if log.is_closed {
                return Err(NotJournaled::Closed);
            }
            if log.is_full() {
                return Err(NotJournaled::Full);
            }
            if log.is_refusing {
                let error = io::Error::other("an earlier write failed");
                return Err(NotJournaled::Unwritable(error));
            }
            let written = log.write(bytes);
            log.is_refusing |= written.is_err();
            written.map_err(NotJournaled::Unwritable)?;
            Ok(log.open_here(None))
        };
        let home = self.append(Kind::Admit, event, admit);
        let home = home.inspect_err(|_| self.waits.ask())?;
        Ok(OpenRequest { home })
    }

    /// Writes down how far an open request is. What cannot be written is made up for by the next one.
    pub fn progress(&self, request: &mut OpenRequest, event: &UsageEvent) {
        let before = request.home;
        let write = |log: &mut Log, bytes: &[u8]| {
            let is_written = !log.is_closed && log.write(bytes).is_ok();
            is_written.then(|| log.open_here(Some(before)))
        };
        if let Some(home) = self.append(Kind::Progress, event, write) {
            request.home = home;
        }
    }

    /// Writes down the end of a request, and says when that is durable. It is not lost while this process lives: what
    /// the disk does not take is kept until it does.
    pub fn settle(&self, request: Option<OpenRequest>, event: &UsageEvent) -> Settled {
        let home = request.map(|request| request.home);
        // Refused requests give way: they cost nobody anything.
        let is_lossy = home.is_none() && !event.is_admitted;
        let write = |log: &mut Log, bytes: &[u8]| {
            if log.is_closed {
                return Written::ByTheNextStart;
            }
            log.close(home);
            let written = match is_lossy {
                true => log.write(bytes),
                false => log.write_or_hold(bytes),
            };
            match written {
                Ok(position) => Written::At(position),
                Err(_) if is_lossy => Written::Dropped,
                Err(_) => Written::Held(self.waits.until_written(log)),
            }
        };
        let written = self.append(Kind::Settle, event, write);
        if matches!(written, Written::At(_) | Written::Held(_)) {
            self.settled.fetch_add(1, Ordering::Relaxed);
        }
        let (durable, place) = match written {
            Written::At(position) if is_lossy => (Durable::NOW, SettledPlace::Before(position)),
            Written::At(position) => (self.durable_at(position), SettledPlace::Before(position)),
            Written::Held(durable) => (durable, SettledPlace::Later),
            Written::ByTheNextStart => (Durable::NOW, SettledPlace::Nowhere),
            Written::Dropped => {
                self.metrics.metering_lost.inc();
                self.waits.ask();
                (Durable::NOW, SettledPlace::Nowhere)
            }
        };
        Settled { durable, place }
    }

    /// The moment at which everything that was written so far is durable.
    pub fn durable(&self) -> Durable {
        self.durable_at(self.end())
    }

    fn durable_at(&self, position: Position) -> Durable {
        match self.config.sync {
            JournalSync::Full => self.waits.until(position),
            JournalSync::Process => Durable::NOW,
        }
    }

    /// The place behind the last record.
    pub fn end(&self) -> Position {
        self.log.lock().end()
    }

    /// The bytes on the disk.
    pub fn bytes(&self) -> u64 {
        self.log.lock().bytes()
    }

    /// The bytes from which on no request is let in.
    pub fn bytes_max(&self) -> u64 {
        self.config.bytes_max
    }

    /// The bytes behind a place.
    pub fn bytes_behind(&self, position: Position) -> u64 {
        let log = self.log.lock();
        let behind: u64 = log
            .lengths
            .range(position.segment..)
            .map(|(_, length)| length)
            .sum();
        let is_there = log.lengths.contains_key(&position.segment);
        behind.saturating_sub(if is_there { position.offset } else { 0 })
    }

    /// True if a segment before a place can be removed.
    pub fn has_unneeded(&self, shipped: Position) -> bool {
        !self.log.lock().unneeded(shipped).is_empty()
    }

    /// Requests that were settled by this process.
    pub fn settled(&self) -> u64 {
        self.settled.load(Ordering::Relaxed)
    }

    fn append<T>(
        &self,
        kind: Kind,
        event: &UsageEvent,
        write: impl FnOnce(&mut Log, &[u8]) -> T,
    ) -> T {
        BUFFER.with_borrow_mut(|buffer| {
            buffer.clear();
            let at = record::begin(buffer, kind, event.request_id.as_str());
            event.write_json(buffer);
            record::end(buffer, at);
            write(&mut self.log.lock(), buffer)
        })
    }

    /// Removes the segments that the database has all of. Blocks.
    pub fn remove_shipped(&self, shipped: Position) {
        let unneeded = self.log.lock().unneeded(shipped);
        if unneeded.is_empty() {
            return;
        }
        // What is known of open requests may have moved to records that no sync has covered yet.
        if self.config.sync == JournalSync::Full && !self.sync_here() {
            return;
        }
        for segment in unneeded {
            let path = disk::segment_path(self.folder.path(), segment);
            if let Err(error) = fs::remove_file(&path)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    file = %path.display(),
                    "a segment of the journal that is not needed any more could not be removed"
                );
                return;
            }
            self.log.lock().lengths.remove(&segment);
        }
    }

    /// Syncs outside the thread. A sync that failed is not asked for again, as there: the kernel reports a failure once.
    fn sync_here(&self) -> bool {
        let files = self.log.lock().unsynced().files;
        let is_synced = files.iter().all(|file| file.sync().is_ok());
        if !is_synced {
            self.metrics.journal_failures.inc();
            let mut log = self.log.lock();
            log.is_refusing = true;
            // What this cannot write either stays in memory, for the thread to write when the disk takes it.
            let _ = log.write_again();
            drop(log);
            self.waits.ask();
        }
        is_synced
    }

    /// Syncs what is there, and lets another process have the folder. Nothing is written after this.
    pub fn close(&self) {
        // Under the lock that records are written under: none follows into a folder that is another server's by then.
        self.log.lock().is_closed = true;
        self.waits.close();
        if let Some(thread) = self.thread.lock().take() {
            // It panics only if a lock was poisoned, which these are not.
            let _ = thread.join();
        }
        self.sync_here();
        self.folder.release();
    }

    fn segment(&self, number: u64) -> io::Result<File> {
        File::open(disk::segment_path(self.folder.path(), number))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

fn tell(found: &Found, adopted: usize) {
    if adopted > 0 {
        tracing::info!(
            segments = adopted,
            "a server that shared the data folder left its journal; it is taken over"
        );
    }
    if found.broken > 0 {
        tracing::error!(
            records = found.broken,
            "records of the journal cannot be read; they are set aside beside it, in files that end in .broken"
        );
    }
    if found.torn_bytes > 0 {
        tracing::info!(
            bytes = found.torn_bytes,
            "the end of the journal was not written whole; it is cut"
        );
    }
    if !found.open.is_empty() {
        tracing::warn!(
            requests = found.open.len(),
            "the process before this one ended while requests ran; they are settled at what was delivered"
        );
    }
}

/// The folder of a journal within the data folder.
pub fn folder_in(data_dir: &Path) -> PathBuf {
    data_dir.join("journal")
}
