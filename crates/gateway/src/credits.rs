//! Credits: what accounts that pay in advance have left, as far as this server may hold it for requests.
//!
//! A request is admitted once the most that it may cost is held; at its end what it did cost is taken, and the rest is
//! free again. What a server holds it has taken out of the balance before, durably, a chunk at a time (`store::ledger::escrow`),
//! so that a request of a rich account costs no commit. One task, the [`Teller`], moves chunks, for all who wait at once.
//! `docs/decisions/0058` has the reasons.

mod chunks;
mod teller;
#[cfg(test)]
mod tests;
mod wallet;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::{AccountId, StoreError};
use tokio::sync::{mpsc, oneshot};

pub use chunks::IDLE;
pub use teller::{Teller, TellerParts};
pub use wallet::Hold;
use wallet::Wallet;

/// Wishes that wait for the teller. Each is a request that waits, and those are bounded by connections.
const WISHES_MAX: usize = 65_536;

/// The refusal of a hold.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HoldError {
    /// The account has too little.
    #[error("the account has too few credits")]
    Insufficient {
        /// The credits of the account in all, with what is held.
        balance_nanos: u64,
        /// True if requests that run may leave enough of what is held for them.
        may_be_freed: bool,
    },
    /// The balance is not known.
    #[error("the balance of the account is not known")]
    Unavailable(#[source] Arc<StoreError>),
    /// The server has stopped, or has too much to do.
    #[error("nobody looks after credits at the moment")]
    Closed,
}

/// A request that waits for credits.
#[derive(Debug)]
struct Wish {
    wallet: Arc<Wallet>,
    nanos: i64,
    /// `None` for a refill ahead of need.
    reply: Option<oneshot::Sender<Result<Hold, HoldError>>>,
}

/// The credits that this server holds.
#[derive(Debug)]
pub struct Credits {
    /// The process in whose name they are held.
    server: Arc<str>,
    wallets: Mutex<HashMap<AccountId, Arc<Wallet>>>,
    wishes: mpsc::Sender<Wish>,
    /// Taken by the teller.
    inbox: Mutex<Option<mpsc::Receiver<Wish>>>,
}

impl Credits {
    /// The credits of a process that holds none yet.
    pub fn new(server: &str) -> Self {
        let (wishes, inbox) = mpsc::channel(WISHES_MAX);
        Self {
            server: server.into(),
            wallets: Mutex::default(),
            wishes,
            inbox: Mutex::new(Some(inbox)),
        }
    }

    /// The process in whose name credits are held.
    pub fn server(&self) -> &Arc<str> {
        &self.server
    }

    /// Reserves the most that a request may cost.
    ///
    /// # Errors
    /// If the account has too little, or it cannot be known.
    pub async fn hold(&self, account_id: &AccountId, nanos: u64) -> Result<Hold, HoldError> {
        let wallet = self.wallet(account_id);
        let nanos = i64::try_from(nanos).unwrap_or(i64::MAX);
        if let Some(hold) = Wallet::try_hold(&wallet, nanos) {
            if wallet.wants_refill() {
                // Without a place in the queue the next request asks.
                let _ = self.wishes.try_send(Wish {
                    wallet,
                    nanos: 0,
                    reply: None,
                });
            }
            return Ok(hold);
        }
        let (reply, answer) = oneshot::channel();
        let wish = Wish {
            wallet,
            nanos,
            reply: Some(reply),
        };
        let sent = self.wishes.try_send(wish);
        sent.map_err(|_| HoldError::Closed)?;
        answer.await.unwrap_or(Err(HoldError::Closed))
    }

    fn wallet(&self, account_id: &AccountId) -> Arc<Wallet> {
        let mut wallets = self.wallets.lock();
        if let Some(wallet) = wallets.get(account_id) {
            return Arc::clone(wallet);
        }
        let wallet = Arc::new(Wallet::new(account_id));
        wallets.insert(account_id.clone(), Arc::clone(&wallet));
        wallet
    }

    /// Forgets wallets that are empty and unused; returns the others.
    fn sweep(&self) -> Vec<Arc<Wallet>> {
        let mut wallets = self.wallets.lock();
        wallets.retain(|_, wallet| Arc::strong_count(wallet) > 1 || !wallet.is_empty());
        wallets.values().cloned().collect()
    }
}
