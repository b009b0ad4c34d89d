//! Connections that ask again as soon as they are answered.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Connection, EXCHANGE_LIMIT, Tally, Target};

/// Runs until it is dropped.
#[derive(Debug)]
pub(crate) struct ClosedLoop {
    pub(crate) tally: Arc<Tally>,
    _connections: JoinSet<()>,
}

impl ClosedLoop {
    pub(crate) fn start(target: &Target, body: &Bytes, connections: usize) -> Self {
        let tally = Arc::new(Tally::default());
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            tasks.spawn(ask_for_ever(
                target.clone(),
                body.clone(),
                Arc::clone(&tally),
            ));
        }
        Self {
            tally,
            _connections: tasks,
        }
    }
}

async fn ask_for_ever(target: Target, body: Bytes, tally: Arc<Tally>) {
    loop {
        let outcome = ask_until_failure(&target, &body, &tally).await;
        tally.record(&outcome);
        sleep(Duration::from_millis(10)).await;
    }
}

async fn ask_until_failure(target: &Target, body: &Bytes, tally: &Tally) -> anyhow::Result<()> {
    let mut connection = Connection::open(target).await?;
    loop {
        let mut bytes = 0;
        timeout(
            EXCHANGE_LIMIT,
            connection.exchange(target, body, |data| bytes += data.len() as u64),
        )
        .await??;
        tally.body_bytes.fetch_add(bytes, Ordering::Relaxed);
        tally.record(&Ok(()));
        if !connection.is_open {
            connection = Connection::open(target).await?;
        }
    }
}
