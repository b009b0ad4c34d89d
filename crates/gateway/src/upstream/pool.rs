//! Connections that wait for their next request, newest first.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::connection::Connection;
use crate::config::UpstreamConfig;

#[derive(Debug)]
struct Idle {
    connection: Connection,
    since: Instant,
}

/// The idle connections of every origin.
#[derive(Debug)]
pub(super) struct Pool {
    idle: Mutex<HashMap<Arc<str>, VecDeque<Idle>>>,
    per_origin_max: usize,
    idle_max: Duration,
}

impl Pool {
    pub(super) fn new(config: &UpstreamConfig) -> Self {
        Self {
            idle: Mutex::default(),
            per_origin_max: config.idle_connections_max,
            idle_max: Duration::from_millis(config.idle_timeout_ms),
        }
    }

    /// The connection that was used last: the others may rest until they are too old.
    pub(super) fn take(&self, origin: &str) -> Option<Connection> {
        let mut idle = self.idle.lock();
        let newest = idle.get_mut(origin)?.pop_back()?;
        // If the newest has waited too long, so have the others, which are left to `prune`.
        (newest.since.elapsed() < self.idle_max).then_some(newest.connection)
    }

    pub(super) fn give_back(&self, origin: &Arc<str>, connection: Connection) {
        let connection = Idle {
            connection,
            since: Instant::now(),
        };
        let mut idle = self.idle.lock();
        let dropped = if let Some(waiting) = idle.get_mut(origin) {
            waiting.push_back(connection);
            (waiting.len() > self.per_origin_max).then(|| waiting.pop_front())
        } else {
            if self.per_origin_max > 0 {
                idle.insert(Arc::clone(origin), VecDeque::from([connection]));
            }
            None
        };
        drop(idle);
        // Closing takes a system call, which nobody else should wait for.
        drop(dropped);
    }

    /// Closes what has waited too long or was closed by the other side.
    pub(super) fn prune(&self) {
        let mut dropped = Vec::new();
        let mut idle = self.idle.lock();
        idle.retain(|_, waiting| {
            for mut one in std::mem::take(waiting) {
                if one.since.elapsed() < self.idle_max && one.connection.is_idle() {
                    waiting.push_back(one);
                } else {
                    dropped.push(one);
                }
            }
            !waiting.is_empty()
        });
        drop(idle);
        drop(dropped);
    }
}
