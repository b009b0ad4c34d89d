//! The seam for state that several processes on one database share, or would. A shared backend is chosen
//! in [`SharedState::open`] and nowhere else. The decision per state: `docs/decisions/0053`.

use std::sync::Arc;

use anyhow::Context;

use crate::budgets::Budgets;
use crate::client_tokens::ClientTokenUses;
use crate::clock::Clock;
use crate::cors::BrowserUses;
use crate::counts_file::{CountsFile, SlotKind};
use crate::limits::{Limiter, SharedLimits};
use crate::routing::Pools;
use crate::upstream::HealthRegistry;

/// The exactness of a state where several processes serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// A decision asks the one true count.
    Exact,
    /// Each process decides within a slice of the shared amount that it holds for a while.
    Borrowed,
    /// Each process counts for itself, for good.
    Local,
}

/// Every state that only one process knows, by the name of its type. [`RoundRobin`](crate::routing::RoundRobin) is in
/// each model, and the throttle of passwords in the control plane.
pub const STATES: [(&str, Sharing); 8] = [
    ("Limiter", Sharing::Exact),
    ("Budgets", Sharing::Local),
    ("ClientTokenUses", Sharing::Local),
    ("Throttle", Sharing::Local),
    ("HealthRegistry", Sharing::Local),
    ("Pools", Sharing::Local),
    ("RoundRobin", Sharing::Local),
    ("BrowserUses", Sharing::Local),
];

/// The states of the data plane. They are concrete: the limiter is asked on every request.
#[derive(Debug)]
pub struct SharedState {
    /// Counts against the limits of keys and accounts.
    pub limiter: Arc<Limiter>,
    /// The spend of keys and accounts, where budgets count it.
    pub budgets: Arc<Budgets>,
    pub client_token_uses: ClientTokenUses,
    /// The health of each deployment.
    pub health: HealthRegistry,
    /// The gates of models: breakers, capacities and queues.
    pub pools: Pools,
    /// Which keys were seen in browsers lately.
    pub browser_uses: BrowserUses,
}

impl SharedState {
    /// The states of this process, with the counts that the process before it left in `counts`. Limits are handed out
    /// with the other servers where there is something to share them by.
    ///
    /// # Errors
    /// If the counts cannot be read.
    pub fn open(
        clock: &Clock,
        counts: Option<CountsFile>,
        limits: Option<SharedLimits>,
    ) -> anyhow::Result<Self> {
        let budgets = Arc::new(Budgets::new(limits.is_some()));
        let file = counts.map(Arc::new);
        let limiter = Limiter::new(clock.clone(), file.clone());
        let limiter = Arc::new(limiter.shared_by(limits.map(Arc::new)));
        let client_token_uses = ClientTokenUses::new(file.clone());
        if let Some(file) = file {
            let now = limiter.now();
            let loaded = file.load(|record| match record.kind {
                SlotKind::ApiKey => limiter.restore(&record),
                SlotKind::ClientToken => client_token_uses.restore(&record, now),
            });
            loaded.context("cannot read the counts of limits")?;
        }
        Ok(Self {
            limiter,
            budgets,
            client_token_uses,
            health: HealthRegistry::default(),
            pools: Pools::new(clock.clone()),
            browser_uses: BrowserUses::default(),
        })
    }
}
