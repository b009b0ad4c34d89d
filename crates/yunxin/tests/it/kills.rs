//! The real program under open streams, killed at random moments: every request that a client saw begin is in the log, once.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use sqlx::{Connection, Row, SqliteConnection};

use crate::program::{Program, run};

/// The number of kills and of open streams, and what `make chaos-kill` wants instead.
const KILLS: (&str, u32) = ("YUNXIN_CHAOS_KILLS", 10);
const STREAMS: (&str, u32) = ("YUNXIN_CHAOS_STREAMS", 24);

fn wanted((name, usual): (&str, u32)) -> u32 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// The requests that clients saw begin, with the number of their events with text.
type Seen = Arc<Mutex<BTreeMap<String, u64>>>;

/// Streams until the server is gone.
fn stream(address: &str, key: &str, seen: &Seen) -> std::io::Result<()> {
    let body = r#"{"model":"sandbox-small","stream":true,"messages":[{"role":"user","content":"[[sandbox: words=40 wps=60]]"}]}"#;
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut reader = BufReader::new(socket.try_clone()?);
    loop {
        let length = body.len();
        write!(
            socket,
            "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )?;
        let (mut id, mut is_ok, mut line) = (String::new(), false, String::new());
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            is_ok |= line.starts_with("HTTP/1.1 200");
            if let Some(value) = line.strip_prefix("x-request-id: ") {
                value.trim().clone_into(&mut id);
            }
        }
        assert!(is_ok, "{id}");
        seen.lock().insert(id.clone(), 0);
        while line != "0\r\n" {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line.contains(r#""content":"#) {
                *seen.lock().entry(id.clone()).or_default() += 1;
            }
        }
        line.clear();
        reader.read_line(&mut line)?;
    }
}

async fn stored(folder: &Path) -> Vec<(String, String, i64)> {
    let url = format!("sqlite:{}", folder.join("yunxin.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let sql = "SELECT request_id, end_reason, output_tokens FROM usage_events";
    let rows = sqlx::query(sql).fetch_all(&mut database).await.unwrap();
    let sql = "SELECT SUM(requests) FROM usage_rollups WHERE step_ms = (SELECT MIN(step_ms) FROM usage_rollups)";
    let summed: i64 = sqlx::query_scalar(sql)
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert_eq!(
        rows.len(),
        usize::try_from(summed).unwrap(),
        "sums equal events"
    );
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect()
}

#[test]
fn no_request_is_lost_or_doubled_when_the_program_is_killed_under_open_streams() {
    let folder = tempfile::tempdir().unwrap();
    let seen = Seen::default();
    let account = run(
        folder.path(),
        &[
            "account",
            "create",
            "--email",
            "a@example.com",
            "--tier",
            "enterprise",
        ],
    );
    let account = account["id"].as_str().unwrap();
    let key = run(
        folder.path(),
        &["key", "create", "--account", account, "--name", "x"],
    );
    let key = key["key"].as_str().unwrap();
    for kill in 0..wanted(KILLS) {
        let program = Program::serve(folder.path(), &[]);
        let is_served = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..wanted(STREAMS) {
                scope.spawn(|| {
                    let ended = stream(&program.address, key, &seen);
                    is_served.store(true, Ordering::Relaxed);
                    ended
                });
            }
            // Another moment each time, from the first bytes on.
            let before = seen.lock().len();
            while seen.lock().len() == before && !is_served.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            thread::park_timeout(Duration::from_millis(u64::from(kill * 137 % 900)));
            program.kill();
        });
        drop(program);
    }
    // Settles what the last one left, before it serves.
    drop(Program::serve(folder.path(), &[]));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let events = runtime.block_on(stored(folder.path()));
    let mut counts: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    for (id, _, output) in &events {
        let count = counts.entry(id).or_default();
        *count = (count.0 + 1, *output);
    }
    let seen = seen.lock();
    assert!(
        seen.len() > usize::try_from(wanted(KILLS)).unwrap(),
        "{}",
        seen.len()
    );
    for (id, texts) in &*seen {
        let (count, output) = counts.get(id.as_str()).copied().unwrap_or_default();
        assert_eq!(count, 1, "{id} with {texts} texts");
        assert!(
            *texts == 0 || output > 0,
            "{id}: {texts} texts and no output"
        );
    }
    let crashed = events
        .iter()
        .filter(|(_, end, _)| end == "server_crashed")
        .count();
    assert!(crashed > 0, "streams were open");
    println!(
        "{} kills, {} requests seen, {} events, {crashed} of them of a crash, 0 lost, 0 doubled",
        wanted(KILLS),
        seen.len(),
        events.len()
    );
}
