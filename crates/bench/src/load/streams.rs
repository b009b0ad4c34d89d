//! Many streams at once.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::pacer::Pacer;
use super::{Connection, Tally, Target};
use crate::prompt::{self, Pace};
use crate::provider::Provider;

/// A stream may take this much longer than its pace says.
const SLACK: Duration = Duration::from_secs(20);
/// Connections open one after another, this far apart.
const OPEN_GAP: Duration = Duration::from_millis(1);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Streams {
    pub(crate) connections: u32,
    pub(crate) per_connection: u32,
    pub(crate) pace: Pace,
}

impl Streams {
    pub(crate) async fn run(self, target: &Target) -> Result<Arc<Tally>> {
        let tally = Arc::new(Tally::default());
        let pacer = Pacer::new()?;
        let mut tasks = JoinSet::new();
        let started = Instant::now();
        for index in 0..self.connections {
            pacer.sleep_until(started + OPEN_GAP * index).await?;
            tasks.spawn(self.one_connection(target.clone(), Arc::clone(&tally)));
        }
        while let Some(finished) = tasks.join_next().await {
            finished?;
        }
        Ok(tally)
    }

    async fn one_connection(self, target: Target, tally: Arc<Tally>) {
        let outcome = self.streams_one_by_one(&target, &tally).await;
        if outcome.is_err() {
            tally.record(&outcome);
        }
    }

    async fn streams_one_by_one(self, target: &Target, tally: &Tally) -> Result<()> {
        let body = prompt::streamed(Provider::Sandbox, self.pace);
        let limit = self.pace.gap * self.pace.words + SLACK;
        let mut connection = Connection::open(target).await?;
        for _ in 0..self.per_connection {
            if !connection.is_open {
                connection = Connection::open(target).await?;
            }
            let mut events = Events::default();
            timeout(
                limit,
                connection.exchange(target, &body, |data| events.read(data)),
            )
            .await??;
            events.check(self.pace.words)?;
            tally.events.fetch_add(events.count, Ordering::Relaxed);
            tally.record(&Ok(()));
        }
        Ok(())
    }
}

/// Counts server-sent events, however they are cut into pieces.
#[derive(Debug, Default)]
pub(super) struct Events {
    count: u64,
    at_line_start: bool,
    last_line: Vec<u8>,
}

impl Events {
    pub(super) fn read(&mut self, data: &[u8]) {
        for byte in data {
            match byte {
                b'\n' if self.at_line_start => self.count += 1,
                b'\n' => self.at_line_start = true,
                b'\r' => {}
                _ => {
                    if self.at_line_start {
                        self.last_line.clear();
                    }
                    self.at_line_start = false;
                    self.last_line.push(*byte);
                }
            }
        }
    }

    pub(super) fn check(&self, words: u32) -> Result<()> {
        if self.count < u64::from(words) || self.last_line != b"data: [DONE]" {
            let last_line = String::from_utf8_lossy(&self.last_line);
            bail!(
                "a stream of {words} words ended after {} events with {last_line}",
                self.count
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_across_cuts() {
        let mut events = Events::default();
        for piece in [
            "data: {\"a\":1}\n",
            "\ndata: {}\r\n\r",
            "\nda",
            "ta: [DONE]\n\n",
        ] {
            events.read(piece.as_bytes());
        }
        assert_eq!(events.count, 3);
        assert!(events.check(2).is_ok());
        assert!(events.check(4).is_err(), "too few");
    }

    #[test]
    fn a_stream_without_an_end_is_a_failure() {
        let mut events = Events::default();
        events.read(b"data: {}\n\ndata: {}\n\n");
        assert!(events.check(1).is_err());
    }
}
