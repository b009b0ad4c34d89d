//! Connections that wait for their next request, newest first.
//!
//! An origin whose connection brought bytes that belong to no request is out of step (response desynchronisation,
//! the effect of request smuggling): the next response might be another client's. All its idle connections are
//! closed, and none is used again for a while.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::connection::{Connection, IdleState};
use crate::config::UpstreamConfig;
use crate::metrics::Metrics;

/// The time that an origin that was out of step gets a new connection for each request.
const DISTRUSTED: Duration = Duration::from_secs(5 * 60);

#[derive(Debug)]
struct Idle {
    connection: Connection,
    since: Instant,
}

/// The idle connections of every origin.
#[derive(Debug)]
pub(super) struct Pool {
    state: Mutex<PoolState>,
    per_origin_max: usize,
    idle_max: Duration,
    metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct PoolState {
    idle: HashMap<Arc<str>, VecDeque<Idle>>,
    /// Origins that were out of step, and until when nothing of theirs is used again.
    distrusted: HashMap<Arc<str>, Instant>,
}

impl PoolState {
    fn distrusts(&self, origin: &str) -> bool {
        let until = self.distrusted.get(origin);
        until.is_some_and(|until| Instant::now() < *until)
    }
}

impl Pool {
    pub(super) fn new(config: &UpstreamConfig, metrics: Arc<Metrics>) -> Self {
        Self {
            state: Mutex::default(),
            per_origin_max: config.idle_connections_max,
            idle_max: Duration::from_millis(config.idle_timeout_ms),
            metrics,
        }
    }

    /// The connection that was used last: the others may rest until they are too old.
    pub(super) fn take(&self, origin: &str) -> Option<Connection> {
        let mut state = self.state.lock();
        let newest = state.idle.get_mut(origin)?.pop_back()?;
        // If the newest has waited too long, so have the others, which are left to `prune`.
        (newest.since.elapsed() < self.idle_max).then_some(newest.connection)
    }

    pub(super) fn give_back(&self, origin: &Arc<str>, connection: Connection) {
        let connection = Idle {
            connection,
            since: Instant::now(),
        };
        let mut state = self.state.lock();
        let dropped = if state.distrusts(origin) {
            Some(connection)
        } else if let Some(waiting) = state.idle.get_mut(origin) {
            waiting.push_back(connection);
            let is_full = waiting.len() > self.per_origin_max;
            is_full.then(|| waiting.pop_front()).flatten()
        } else {
            if self.per_origin_max > 0 {
                let waiting = VecDeque::from([connection]);
                state.idle.insert(Arc::clone(origin), waiting);
            }
            None
        };
        drop(state);
        // Closing takes a system call, which nobody else should wait for.
        drop(dropped);
    }

    /// Closes what waits for an origin that is out of step, and uses nothing of it again for a while.
    pub(super) fn distrust(&self, origin: &Arc<str>) {
        let until = Instant::now() + DISTRUSTED;
        let mut state = self.state.lock();
        let was_distrusted = state.distrusts(origin);
        state.distrusted.insert(Arc::clone(origin), until);
        let dropped = state.idle.remove(origin);
        drop(state);
        self.metrics.count_upstream_desync(origin);
        if !was_distrusted {
            tracing::warn!(
                upstream.origin = &**origin,
                connections = dropped.as_ref().map_or(0, VecDeque::len),
                "a provider sent bytes that belong to no request"
            );
        }
        drop(dropped);
    }

    /// Notes that a request is sent once more, because its connection had been closed for idleness.
    pub(super) fn note_raced(&self, origin: &str) {
        self.metrics.count_upstream_resend(origin);
    }

    /// Closes what has waited too long or was closed by the other side.
    pub(super) fn prune(&self) {
        let mut dropped = Vec::new();
        let mut desynced = Vec::new();
        let now = Instant::now();
        let mut state = self.state.lock();
        state.distrusted.retain(|_, until| now < *until);
        state.idle.retain(|origin, waiting| {
            for mut one in std::mem::take(waiting) {
                match one.connection.idle_state() {
                    IdleState::Open if one.since.elapsed() < self.idle_max => {
                        waiting.push_back(one);
                    }
                    IdleState::Open | IdleState::Closed => dropped.push(one),
                    IdleState::Desynced => {
                        dropped.push(one);
                        desynced.push(Arc::clone(origin));
                    }
                }
            }
            !waiting.is_empty()
        });
        drop(state);
        drop(dropped);
        for origin in desynced {
            self.distrust(&origin);
        }
    }
}
