//! The standing of this server with the store, and the agreement of all servers.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use store::limit_sharing::LimitSharing;

use super::{SharedLimits, Store, told};
use crate::limits::ledger::Tally;
use crate::limits::timekeeper::Moment;

/// The standing of this server with the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// Between two agreements of the servers: nothing is decided until the next one holds everywhere.
    Leaving,
    /// All servers divide each limit: this one decides within its part.
    Alone,
    /// As alone, and the store has to admit as well: it is filled with what every server counted.
    Joining(Arc<str>),
    /// The store decides.
    Joined(Arc<str>),
}

impl Standing {
    fn memory(&self) -> Option<&str> {
        match self {
            Self::Joining(epoch) | Self::Joined(epoch) => Some(epoch),
            Self::Leaving | Self::Alone => None,
        }
    }
}

impl SharedLimits {
    /// The standing of this server with the store: `joined`, `joining` or `alone`.
    pub fn standing(&self) -> &'static str {
        match **self.standing.load() {
            Standing::Joined(_) => "joined",
            Standing::Joining(_) | Standing::Leaving => "joining",
            Standing::Alone => "alone",
        }
    }

    /// The place where the limits of all servers are counted: `redis` or `database`.
    pub fn counted_by(&self) -> &'static str {
        match *self.store {
            Store::Redis(_) => "redis",
            Store::Database(_) => "database",
        }
    }

    /// Waits until the store decides.
    pub async fn joined(&self) {
        let mut changes = self.changes.subscribe();
        let is_joined = |_: &()| matches!(**self.standing.load(), Standing::Joined(_));
        let _ = changes.wait_for(is_joined).await;
    }

    /// Applies an agreement of the servers. Returns what the others have to know before it holds, where limits are to be
    /// divided: the counts of this server, by which nothing is admitted from now on.
    pub(crate) fn turn_to(&self, agreed: LimitSharing, now: Moment) -> Option<String> {
        if !matches!(*self.store, Store::Redis(_)) {
            return None;
        }
        let is_division = agreed.epoch.is_none();
        {
            let mut known = self.agreed.lock();
            if agreed.seq < known.seq {
                return None;
            }
            if agreed.seq > known.seq {
                let standing = self.standing.load();
                let stays =
                    standing.memory().is_some() && standing.memory() == agreed.epoch.as_deref();
                if !stays {
                    self.stand(Standing::Leaving);
                }
                self.agreed_seq.store(agreed.seq, Ordering::SeqCst);
                *known = agreed;
            }
        }
        self.wake.notify_one();
        is_division.then(|| self.words(now))
    }

    /// Everything counted here in the minute that runs, and the sums over all servers as far as they are known.
    fn words(&self, now: Moment) -> String {
        let now = Tally::at(self.ledger.now_ms(now));
        let mut text = String::new();
        for subject in self.all_subjects() {
            let mut known = subject.known.lock();
            known.roll(now);
            let total = known.total();
            if total.requests == 0 && total.tokens == 0 && known.untold.is_nothing() {
                continue;
            }
            known.untold = Tally::default();
            told::write(&mut text, &subject.name, known.own);
            told::write_total(&mut text, &subject.name, total);
        }
        text
    }

    /// Changes the standing, if the agreement is still the one of line `seq`.
    pub(super) fn stand_at(&self, seq: i64, standing: Standing) -> bool {
        let agreed = self.agreed.lock();
        let is_current = agreed.seq == seq;
        if is_current {
            self.stand(standing);
        }
        is_current
    }

    fn stand(&self, standing: Standing) {
        self.standing.store(Arc::new(standing));
        self.changes.send_replace(());
        self.wake.notify_one();
    }

    /// Joins a store that every server shares without an agreement: the database.
    pub(super) fn stand_by_database(&self) {
        if !matches!(**self.standing.load(), Standing::Joined(_)) {
            self.stand(Standing::Joined(Arc::default()));
        }
    }

    /// Decides nothing by the store any more, nor alone: what the servers do instead they have to agree on.
    pub(super) fn leave(&self, why: &dyn std::fmt::Display) {
        let _agreed = self.agreed.lock();
        if self.standing.load().memory().is_some() {
            tracing::warn!(
                reason = %why,
                servers = self.servers(),
                "the shared store of limits is not to be counted on; the servers agree on how to go on"
            );
            self.stand(Standing::Leaving);
        }
    }

    /// Returns whether the servers agreed to divide limits, and this one does not yet.
    pub(super) fn is_dividing(&self) -> bool {
        let agreed = self.agreed.lock();
        agreed.epoch.is_none() && matches!(**self.standing.load(), Standing::Leaving)
    }

    /// Returns whether the store's memory `epoch` still decides.
    pub(super) fn is_decided_by(&self, epoch: &str) -> bool {
        self.standing.load().memory() == Some(epoch)
    }
}
