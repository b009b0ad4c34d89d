//! A probe of ours: it takes no seat, because no request of a client is behind it.

use std::sync::Arc;

use super::super::mix;
use super::super::outcome::{Ejection, Outcome};
use super::Pool;

/// A probe that is under way. Dropped without an end, it is due again.
#[derive(Debug)]
pub struct ActiveProbe {
    pool: Arc<Pool>,
    slot: usize,
    mark: u64,
    is_ended: bool,
}

impl Pool {
    /// Begins the probe of a slot, if one is due.
    pub fn begin_probe(self: &Arc<Self>, slot: usize, mark: u64) -> Option<ActiveProbe> {
        let now_ms = self.now_ms();
        let mut state = self.state.lock();
        let probed = state.slots.get_mut(slot)?;
        let begins = probed.mark == mark && probed.breaker.begin_probe(now_ms);
        begins.then(|| ActiveProbe {
            pool: Arc::clone(self),
            slot,
            mark,
            is_ended: false,
        })
    }
}

impl ActiveProbe {
    /// Ends the probe. Returns why the deployment stays ejected, if it does.
    pub fn end(mut self, outcome: Outcome) -> Option<Ejection> {
        self.finish(outcome)
    }

    fn finish(&mut self, outcome: Outcome) -> Option<Ejection> {
        if std::mem::replace(&mut self.is_ended, true) {
            return None;
        }
        let now_ms = self.pool.now_ms();
        let seed = mix(now_ms.unsigned_abs() ^ (self.slot as u64) << 48);
        let mut state = self.pool.state.lock();
        let ejected = state.end_probe((self.slot, self.mark), outcome, now_ms, seed);
        self.pool.dispatch(state);
        ejected
    }
}

impl Drop for ActiveProbe {
    fn drop(&mut self) {
        self.finish(Outcome::Abandoned);
    }
}
