//! Group commit: one thread syncs for all who wait, while the next ones gather.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::disk::Disk;
use super::log::Log;
use super::position::Position;
use crate::metrics::Metrics;

/// Under load a sync waits so long for others to share it: each takes as much of a core as some requests.
const GATHER: Duration = Duration::from_millis(1);
/// Waits in that time from which on there is load.
const GATHERED_MIN: usize = 2;
/// Pause before a disk that failed is tried again.
const PAUSE: Duration = Duration::from_millis(250);
/// Time between two lines of the log that say the same.
const SAY_AGAIN: Duration = Duration::from_secs(10);

/// A moment at which a record is as durable as the settings want it.
#[derive(Debug)]
pub struct Durable(Option<oneshot::Receiver<()>>);

impl Durable {
    /// The record is durable already.
    pub(super) const NOW: Self = Self(None);
}

impl Future for Durable {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.get_mut().0 {
            None => Poll::Ready(()),
            // A journal that was closed syncs what it has; nobody is told any more.
            Some(wait) => Pin::new(wait).poll(context).map(drop),
        }
    }
}

/// Those who wait for a sync.
#[derive(Debug, Default)]
pub(super) struct Waits {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<oneshot::Sender<()>>,
    synced: Position,
    is_asked: bool,
    is_closed: bool,
}

impl Waits {
    /// The moment at which everything before `position` is synced.
    pub(super) fn until(&self, position: Position) -> Durable {
        let mut state = self.state.lock();
        if state.synced >= position || state.is_closed {
            return Durable::NOW;
        }
        let (sender, receiver) = oneshot::channel();
        state.waiting.push(sender);
        if state.waiting.len() == 1 {
            self.changed.notify_one();
        }
        Durable(Some(receiver))
    }

    /// The moment at which what the log holds is written.
    pub(super) fn until_written(&self, log: &mut Log) -> Durable {
        let (sender, receiver) = oneshot::channel();
        log.wait_for_held(sender);
        self.ask();
        Durable(Some(receiver))
    }

    /// Has the thread look at the log, though nobody waits.
    pub(super) fn ask(&self) {
        self.state.lock().is_asked = true;
        self.changed.notify_one();
    }

    pub(super) fn close(&self) {
        self.state.lock().is_closed = true;
        self.changed.notify_one();
    }

    /// Waits for something to do, and then for others if `gathers`; returns those who wait, or `None` once closed.
    fn next(&self, gathers: bool) -> Option<Vec<oneshot::Sender<()>>> {
        let mut state = self.state.lock();
        while state.waiting.is_empty() && !state.is_asked && !state.is_closed {
            self.changed.wait(&mut state);
        }
        if gathers && !state.is_asked && !state.is_closed {
            MutexGuard::unlocked(&mut state, || thread::sleep(GATHER));
        }
        state.is_asked = false;
        let waiting = std::mem::take(&mut state.waiting);
        (!state.is_closed || !waiting.is_empty()).then_some(waiting)
    }

    /// Pauses, unless the journal is closed meanwhile; returns whether it was.
    fn pause(&self) -> bool {
        let mut state = self.state.lock();
        if !state.is_closed {
            self.changed.wait_for(&mut state, PAUSE);
        }
        state.is_closed
    }
}

/// The number of those who came to wait lately.
#[derive(Debug)]
struct Load {
    since: Instant,
    waits: usize,
    of_before: usize,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            waits: 0,
            of_before: 0,
        }
    }
}

impl Load {
    /// Counts those who share the next sync.
    fn note(&mut self, waits: usize) {
        let elapsed = self.since.elapsed();
        self.waits += waits;
        if elapsed >= GATHER {
            let times = elapsed.as_nanos() / GATHER.as_nanos();
            self.of_before = self.waits / usize::try_from(times).unwrap_or(usize::MAX);
            self.since = Instant::now();
            self.waits = 0;
        }
    }

    fn is_high(&self) -> bool {
        self.of_before >= GATHERED_MIN
    }
}

/// The thread's part of the journal.
pub(super) struct Syncer {
    pub(super) log: Arc<Mutex<Log>>,
    pub(super) waits: Arc<Waits>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) folder: PathBuf,
    pub(super) is_full: bool,
    pub(super) said_at: Option<Instant>,
}

impl Syncer {
    /// Syncs until the journal is closed.
    pub(super) fn run(mut self) {
        let mut load = Load::default();
        while let Some(mut waiting) = self.waits.next(load.is_high()) {
            load.note(waiting.len());
            while let Err(error) = self.work(&mut waiting) {
                self.say(&error);
                if self.waits.pause() {
                    return;
                }
            }
            if self.said_at.take().is_some() {
                tracing::info!("the journal is written again; requests are let in");
            }
        }
    }

    fn work(&mut self, waiting: &mut Vec<oneshot::Sender<()>>) -> std::io::Result<()> {
        let mut log = self.log.lock();
        if log.is_refusing || log.has_held() {
            // The file that is poisoned is left as well.
            waiting.extend(log.recover()?);
        }
        drop(log);
        if self.is_full {
            self.sync()?;
        }
        for wait in waiting.drain(..) {
            // The client may be gone.
            let _ = wait.send(());
        }
        Ok(())
    }

    fn sync(&self) -> std::io::Result<()> {
        let (unsynced, kept) = {
            let mut log = self.log.lock();
            (log.unsynced(), log.unsynced_bytes())
        };
        let began = Instant::now();
        let mut synced = unsynced.files.iter().try_for_each(|file| file.sync());
        if unsynced.has_new_file && synced.is_ok() {
            synced = self.disk.sync_folder(&self.folder);
        }
        self.metrics.observe_journal_sync(began.elapsed());
        let mut log = self.log.lock();
        if let Err(error) = synced {
            log.is_refusing = true;
            self.metrics.journal_failures.inc();
            // With that the records are in a file that did not fail yet.
            return log.write_again().and(Err(error));
        }
        log.synced(&unsynced, kept);
        drop(log);
        self.waits.state.lock().synced = unsynced.end;
        Ok(())
    }

    /// A disk that fails lasts: it is said at once, and then now and again.
    fn say(&mut self, error: &std::io::Error) {
        if self.said_at.is_some_and(|at| at.elapsed() < SAY_AGAIN) {
            return;
        }
        self.said_at = Some(Instant::now());
        tracing::error!(
            error = error as &dyn std::error::Error,
            "the journal cannot be written: no request is let in until it can be, and those that run are kept"
        );
    }
}
