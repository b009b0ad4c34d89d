//! The journal on a disk that fails when it is told to, and on files that were damaged.

mod adoption;

use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use store::usage_events::EndReason;
use tempfile::TempDir;

use super::disk::{LogFile, segment_path, segments};
use super::*;
use crate::config::default_of;

/// A disk with switches.
#[derive(Debug)]
struct TestDisk {
    state: Arc<Switches>,
}

#[derive(Debug, Default)]
struct Switches {
    /// Bytes that are left; `None` has no end.
    room: Mutex<Option<usize>>,
    fails_writes: AtomicBool,
    fails_syncs: AtomicUsize,
    syncs: AtomicUsize,
    /// A sync takes as long as somebody else has this.
    gate: Mutex<()>,
}

#[derive(Debug)]
struct TestFile {
    file: File,
    state: Arc<Switches>,
    has_failed: AtomicBool,
}

impl Switches {
    fn take(&self, bytes: usize) -> io::Result<()> {
        if self.fails_writes.load(Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(5));
        }
        let mut room = self.room.lock();
        match &mut *room {
            Some(left) if *left < bytes => Err(io::ErrorKind::StorageFull.into()),
            Some(left) => {
                *left -= bytes;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl LogFile for TestFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let taken = self.state.take(bytes.len());
        if taken.is_err() {
            // A write that fails has often written a part.
            LogFile::write_at(&self.file, &bytes[..bytes.len() / 2], offset)?;
        }
        taken?;
        LogFile::write_at(&self.file, bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        assert!(
            !self.has_failed.load(Ordering::SeqCst),
            "a file whose sync failed is not asked again"
        );
        drop(self.state.gate.lock());
        self.state.syncs.fetch_add(1, Ordering::SeqCst);
        let left = &self.state.fails_syncs;
        let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            left.checked_sub(1)
        });
        if fails.is_ok() {
            self.has_failed.store(true, Ordering::SeqCst);
            return Err(io::Error::from_raw_os_error(5));
        }
        Ok(())
    }
}

impl Disk for TestDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        let file = File::options().write(true).create_new(true).open(path)?;
        Ok(Arc::new(TestFile {
            file,
            state: Arc::clone(&self.state),
            has_failed: AtomicBool::new(false),
        }))
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn fill(&self, path: &Path, bytes: usize) -> io::Result<()> {
        self.state.take(bytes)?;
        fs::write(path, "")
    }
}

/// A journal, and the switches of its disk. Its reserve gives its room back when it is taken.
struct Bench {
    folder: TempDir,
    state: Arc<Switches>,
    metrics: Arc<Metrics>,
    config: JournalConfig,
}

impl Bench {
    fn new(sync: JournalSync) -> Self {
        let config: JournalConfig = default_of("journal");
        Self {
            folder: tempfile::tempdir().unwrap(),
            state: Arc::default(),
            metrics: Arc::default(),
            config: JournalConfig {
                sync,
                reserve_bytes: 0,
                ..config
            },
        }
    }

    fn open(&self) -> Journal {
        let disk = TestDisk {
            state: Arc::clone(&self.state),
        };
        let metrics = Arc::clone(&self.metrics);
        Journal::open_on(Arc::new(disk), self.folder.path(), &self.config, metrics).unwrap()
    }

    /// The ids and ends of all events behind the beginning.
    fn settled(journal: &Journal) -> Vec<(String, EndReason)> {
        let batch = journal
            .read_settled(Position::default(), 1_000_000)
            .unwrap();
        let events = batch.events.into_iter();
        events
            .map(|event| (event.request_id.as_str().to_owned(), event.end_reason))
            .collect()
    }

    fn segment(&self, number: u64) -> PathBuf {
        segment_path(&self.folder.path().join("1"), number)
    }
}

fn event(name: &str, end_reason: EndReason) -> UsageEvent {
    let line = r#"{"request_id":"ID","at_ms":7,"account_id":"acct_1","api_key_id":"key_1","environment":"live","endpoint":"chat","model_id":"a/b","provider_name":"p","usage":{"input":1,"output":2},"charge_nanos":5,"counted_by":"upstream","status":200,"error_code":"","end_reason":"completed","is_admitted":true,"is_streamed":false,"duration_us":6,"first_token_us":null,"detail":{"attempts":[],"priority":1,"address":"::1","agent":"x"}}"#;
    let event = UsageEvent::from_line(&line.replace("ID", &format!("req_{name}"))).unwrap();
    UsageEvent {
        end_reason,
        ..event
    }
}

fn completed(name: &str) -> UsageEvent {
    event(name, EndReason::Completed)
}

fn crashed(name: &str, output: u64) -> UsageEvent {
    let mut event = event(name, EndReason::ServerCrashed);
    event.usage[llm::Meter::Output] = output;
    event
}

fn names(settled: &[(String, EndReason)]) -> Vec<&str> {
    settled.iter().map(|(id, _)| id.as_str()).collect()
}

/// Ends the process of a journal without a word: what was not written is gone, and its lock.
fn kill(journal: Journal) {
    journal.waits.close();
    journal.folder.release();
    std::mem::forget(journal);
}

impl From<Settled> for Durable {
    fn from(settled: Settled) -> Self {
        settled.durable
    }
}

async fn soon(durable: impl Into<Durable>) {
    tokio::time::timeout(Duration::from_secs(20), durable.into())
        .await
        .expect("the record is durable");
}

#[tokio::test]
async fn a_request_that_was_open_when_the_process_was_killed_is_settled_at_what_was_delivered() {
    let bench = Bench::new(JournalSync::Process);
    let journal = bench.open();
    let done = journal.admit(&crashed("done", 0)).unwrap();
    let mut open = journal.admit(&crashed("open", 0)).unwrap();
    journal.admit(&crashed("unsent", 0)).unwrap();
    journal.progress(&mut open, &crashed("open", 10));
    journal.progress(&mut open, &crashed("open", 20));
    soon(journal.settle(Some(done), &completed("done"))).await;
    kill(journal);
    let journal = bench.open();
    let batch = journal.read_settled(Position::default(), 100).unwrap();
    let found: Vec<_> = batch
        .events
        .iter()
        .map(|event| {
            (
                event.request_id.as_str(),
                event.end_reason,
                event.usage.output_tokens(),
            )
        })
        .collect();
    let crashed = EndReason::ServerCrashed;
    assert_eq!(
        found,
        [
            ("req_done", EndReason::Completed, 2),
            ("req_open", crashed, 20),
            ("req_unsent", crashed, 0)
        ]
    );
    kill(journal);
    let again = Bench::settled(&bench.open());
    assert_eq!(again.len(), 3, "settled once, not by each start: {again:?}");
}

#[tokio::test]
async fn a_torn_end_is_cut_at_every_length() {
    let bench = Bench::new(JournalSync::Process);
    let journal = bench.open();
    for name in ["one", "two", "three"] {
        soon(journal.settle(None, &completed(name))).await;
    }
    kill(journal);
    let whole = fs::read(bench.segment(1)).unwrap();
    let record = whole.len() - 2 * (whole.len() / 3);
    for torn in 1..record {
        fs::write(bench.segment(1), &whole[..whole.len() - torn]).unwrap();
        let found = recovery::scan(&bench.folder.path().join("1")).unwrap();
        assert_eq!(found.broken, 0, "{torn} bytes short");
        assert!(found.torn_bytes > 0, "{torn} bytes short");
    }
    let journal = bench.open();
    assert_eq!(names(&Bench::settled(&journal)), ["req_one", "req_two"]);
}

#[tokio::test]
async fn a_record_with_a_bit_turned_is_set_aside_and_those_around_it_are_read() {
    let bench = Bench::new(JournalSync::Process);
    let journal = bench.open();
    for name in ["one", "two", "three"] {
        soon(journal.settle(None, &completed(name))).await;
    }
    kill(journal);
    let whole = fs::read(bench.segment(1)).unwrap();
    let at = memchr::memmem::find(&whole, b"req_two").unwrap() - 14;
    let end = memchr::memmem::find(&whole, b"req_three").unwrap() - 14;
    for byte in at..end {
        let mut turned = whole.clone();
        turned[byte] ^= 0x10;
        fs::write(bench.segment(1), &turned).unwrap();
        let found = recovery::scan(&bench.folder.path().join("1")).unwrap();
        assert_eq!(
            (found.broken, found.torn_bytes),
            (1, 0),
            "byte {}",
            byte - at
        );
        let aside = bench.segment(1).with_extension(format!("{at}.broken"));
        assert_eq!(fs::read(aside).unwrap(), turned[at..end]);
    }
    let journal = bench.open();
    assert_eq!(names(&Bench::settled(&journal)), ["req_one", "req_three"]);
    assert!(
        bench
            .metrics
            .encode()
            .contains("yunxin_journal_broken_records_total 1")
    );
}

#[tokio::test]
async fn a_sync_that_fails_is_not_tried_on_the_same_file_and_what_was_written_is_there_once() {
    let bench = Bench::new(JournalSync::Full);
    let journal = bench.open();
    let open = journal.admit(&crashed("one", 0)).unwrap();
    soon(journal.durable()).await;
    bench.state.fails_syncs.store(3, Ordering::SeqCst);
    soon(journal.settle(Some(open), &completed("one"))).await;
    assert_eq!(bench.state.fails_syncs.load(Ordering::SeqCst), 0);
    assert!(journal.end().segment > 1, "another file");
    let later = journal.admit(&crashed("two", 0)).unwrap();
    soon(journal.settle(Some(later), &completed("two"))).await;
    assert_eq!(names(&Bench::settled(&journal)), ["req_one", "req_two"]);
    let batch = journal.read_settled(Position::default(), 100).unwrap();
    assert!(batch.may_repeat, "the database is asked what it has of it");
    kill(journal);
    assert_eq!(
        names(&Bench::settled(&bench.open())),
        ["req_one", "req_two"]
    );
}

#[tokio::test]
async fn records_whose_sync_failed_are_durable_only_once_another_file_has_them() {
    let bench = Bench::new(JournalSync::Full);
    let journal = bench.open();
    let open = journal.admit(&crashed("one", 0)).unwrap();
    soon(journal.durable()).await;
    let gate = bench.state.gate.lock();
    let durable = journal.settle(Some(open), &completed("one"));
    bench.state.fails_syncs.store(1, Ordering::SeqCst);
    bench.state.fails_writes.store(true, Ordering::SeqCst);
    drop(gate);
    let failure = async {
        while bench.metrics.journal_failures.get() == 0 {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), failure).await;
    in_time.expect("a sync fails");
    // Behind the lock under which the second file failed too.
    let failed = journal.end();
    bench.state.fails_writes.store(false, Ordering::SeqCst);
    soon(durable).await;
    assert!(journal.end().offset > 0 && journal.end() > failed);
    let last = segment_path(journal.folder.path(), journal.end().segment);
    let bytes = fs::read(last).unwrap();
    assert!(
        bytes.windows(7).any(|seen| seen == b"req_one"),
        "no file vouches for it"
    );
}

#[tokio::test]
async fn a_full_disk_lets_no_request_in_keeps_the_ends_of_those_that_run_and_service_returns() {
    for sync in [JournalSync::Process, JournalSync::Full] {
        let mut bench = Bench::new(sync);
        bench.config.reserve_bytes = 2_000;
        *bench.state.room.lock() = Some(4_000);
        let journal = bench.open();
        let mut open = vec![];
        let refused = loop {
            match journal.admit(&crashed(&format!("{}", open.len()), 0)) {
                Ok(request) => open.push(request),
                Err(refused) => break refused,
            }
        };
        assert!(matches!(refused, NotJournaled::Unwritable(_)), "{refused}");
        assert!(!open.is_empty(), "some fitted");
        let count = open.len();
        let ends: Vec<_> = open
            .into_iter()
            .enumerate()
            .map(|(index, request)| journal.settle(Some(request), &completed(&index.to_string())))
            .collect();
        assert!(journal.admit(&crashed("more", 0)).is_err());
        *bench.state.room.lock() = None;
        for end in ends {
            soon(end).await;
        }
        let settled = Bench::settled(&journal);
        assert_eq!(settled.len(), count, "{settled:?}");
        assert!(settled.iter().all(|(_, end)| *end == EndReason::Completed));
        let again = async {
            while journal.admit(&crashed("more", 0)).is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), again)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_file_that_takes_no_more_is_left_for_another() {
    let bench = Bench::new(JournalSync::Process);
    let journal = bench.open();
    let open = journal.admit(&crashed("one", 0)).unwrap();
    bench.state.fails_writes.store(true, Ordering::SeqCst);
    let end = journal.settle(Some(open), &completed("one"));
    assert!(journal.admit(&crashed("two", 0)).is_err());
    bench.state.fails_writes.store(false, Ordering::SeqCst);
    soon(end).await;
    assert!(journal.end().segment > 1);
    assert_eq!(names(&Bench::settled(&journal)), ["req_one"]);
}

#[tokio::test]
async fn requests_that_wait_at_the_same_time_share_a_sync() {
    let bench = Bench::new(JournalSync::Full);
    let journal = bench.open();
    let mut ends: Vec<_> = vec![];
    {
        let _slow = bench.state.gate.lock();
        ends.extend((0..200).map(|number| journal.settle(None, &completed(&number.to_string()))));
    }
    for end in ends {
        soon(end).await;
    }
    let syncs = bench.state.syncs.load(Ordering::SeqCst);
    assert!((1..=2).contains(&syncs), "{syncs}");
}

#[tokio::test]
async fn segments_are_removed_once_the_database_has_them_and_no_open_request_needs_them() {
    let mut bench = Bench::new(JournalSync::Process);
    bench.config.segment_bytes = 4_096;
    let journal = bench.open();
    let mut long = journal.admit(&crashed("long", 0)).unwrap();
    for number in 0..50 {
        soon(journal.settle(None, &completed(&number.to_string()))).await;
    }
    let count = || segments(&bench.folder.path().join("1")).unwrap().len();
    let before = count();
    assert!(before > 3, "{before}");
    journal.remove_shipped(journal.end());
    assert_eq!(
        count(),
        before,
        "the first has all that is known of an open request"
    );
    journal.progress(&mut long, &crashed("long", 30));
    journal.remove_shipped(Position::default());
    assert_eq!(count(), before, "the database has nothing yet");
    journal.remove_shipped(journal.end());
    assert_eq!(count(), 1);
    kill(journal);
    let mut settled = Bench::settled(&bench.open());
    settled.retain(|(_, end)| *end == EndReason::ServerCrashed);
    assert_eq!(names(&settled), ["req_long"]);
}

#[tokio::test]
async fn a_journal_that_the_database_takes_nothing_of_lets_no_request_in_beyond_its_bound() {
    let mut bench = Bench::new(JournalSync::Process);
    bench.config.segment_bytes = 4_096;
    bench.config.bytes_max = 8_192;
    let journal = bench.open();
    let refused = loop {
        match journal.admit(&crashed("one", 0)) {
            Ok(open) => soon(journal.settle(Some(open), &completed("one"))).await,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, NotJournaled::Full), "{refused}");
    journal.remove_shipped(journal.end());
    journal.admit(&crashed("two", 0)).unwrap();
}

#[test]
fn servers_that_share_a_data_folder_have_a_journal_each() {
    let bench = Bench::new(JournalSync::Process);
    let (one, other) = (bench.open(), bench.open());
    assert_ne!(one.id(), other.id());
    let id = one.id().to_owned();
    drop(one);
    assert_eq!(bench.open().id(), id);
}

#[tokio::test]
async fn nothing_is_written_into_a_journal_that_is_closed() {
    let bench = Bench::new(JournalSync::Full);
    let journal = bench.open();
    let mut open = journal.admit(&crashed("open", 0)).unwrap();
    journal.close();
    let next = bench.open();
    let refused = journal.admit(&crashed("late", 0));
    assert!(matches!(refused, Err(NotJournaled::Closed)), "{refused:?}");
    journal.progress(&mut open, &crashed("open", 10));
    soon(journal.settle(Some(open), &completed("open"))).await;
    let settled = Bench::settled(&next);
    assert_eq!(settled, [("req_open".to_owned(), EndReason::ServerCrashed)]);
    kill(next);
    assert_eq!(names(&Bench::settled(&bench.open())), ["req_open"]);
}
