//! Signals about keys, on their way from the requests that show them to the control plane, which writes them down and
//! does what the owner of the key chose.

use std::collections::VecDeque;

use parking_lot::Mutex;
use serde_json::Value;
use store::{AccountId, ApiKeyId};
use tokio::sync::Notify;

use crate::budgets::BudgetAlert;

/// Signals that wait at most. The same signal comes again with the next request that shows it.
const WAITING_MAX: usize = 1_000;

/// A fact about a key that its account must be told.
#[derive(Debug, Clone)]
pub struct KeySignal {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub at_ms: i64,
    pub kind: KeySignalKind,
}

/// The kind of a signal, with what the event says of it: an object, without secrets and prompts.
#[derive(Debug, Clone)]
pub enum KeySignalKind {
    /// A page carried the secret of the key.
    BrowserUse { facts: Value },
    /// So much of a budget is spent.
    Budget(Box<BudgetAlert>),
}

/// The bounded queue of signals. No request waits for it.
#[derive(Debug, Default)]
pub struct KeySignals {
    waiting: Mutex<VecDeque<KeySignal>>,
    wanted: Notify,
}

impl KeySignals {
    /// Takes a signal in; false if the queue is full.
    #[must_use]
    pub fn push(&self, signal: KeySignal) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.len() >= WAITING_MAX {
            return false;
        }
        waiting.push_back(signal);
        drop(waiting);
        self.wanted.notify_one();
        true
    }

    /// Waits for a signal.
    pub async fn more(&self) {
        self.wanted.notified().await;
    }

    /// Takes the signal that waits longest.
    pub fn take(&self) -> Option<KeySignal> {
        self.waiting.lock().pop_front()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{KeySignal, KeySignalKind, KeySignals, WAITING_MAX};

    #[test]
    fn the_queue_is_bounded_and_first_in_first_out() {
        let signals = KeySignals::default();
        let signal = |at_ms| KeySignal {
            account_id: "acc_1".into(),
            api_key_id: "key_1".into(),
            at_ms,
            kind: KeySignalKind::BrowserUse { facts: Value::Null },
        };
        for at_ms in 0..WAITING_MAX {
            assert!(signals.push(signal(i64::try_from(at_ms).unwrap())));
        }
        assert!(!signals.push(signal(-1)));
        assert_eq!(signals.take().unwrap().at_ms, 0);
        assert!(signals.push(signal(-2)));
        let last = std::iter::from_fn(|| signals.take()).last();
        assert_eq!(last.unwrap().at_ms, -2);
        assert!(signals.take().is_none());
    }
}
