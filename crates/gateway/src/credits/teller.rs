//! The teller: one task that moves credits between balances and what this server holds of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use store::ledger::escrow::{self, EscrowOwner, EscrowTaken};
use store::{AccountId, Db, StoreError};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::wallet::Wallet;
use super::{Credits, Hold, HoldError, Wish, chunks};

/// The parts that a [`Teller`] is made of.
#[derive(Debug)]
pub struct TellerParts {
    pub credits: Arc<Credits>,
    pub db: Db,
    /// The name of the journal in which the charges of this server come.
    pub journal: String,
    /// Credits that no request used for so long go back.
    pub idle: Duration,
}

/// Moves credits.
#[derive(Debug)]
pub struct Teller {
    parts: TellerParts,
    inbox: Option<mpsc::Receiver<Wish>>,
}

/// The requests of one account that wait, in the order in which they came.
#[derive(Debug)]
struct Queue {
    wallet: Arc<Wallet>,
    wishes: Vec<Wish>,
}

impl Teller {
    /// The teller of some credits; `None` if there is one already.
    pub fn new(parts: TellerParts) -> Option<Self> {
        let inbox = parts.credits.inbox.lock().take()?;
        Some(Self {
            parts,
            inbox: Some(inbox),
        })
    }

    /// Serves until `stop`. `all_shipped` waits until every charge so far is in the database.
    pub async fn run<F>(mut self, stop: CancellationToken, all_shipped: impl Fn() -> F)
    where
        F: Future<Output = ()>,
    {
        let mut looks = interval(chunks::LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut wishes = Vec::new();
        while let Some(inbox) = &mut self.inbox {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = inbox.recv_many(&mut wishes, chunks::WISHES_PER_WRITE) => {
                    self.grant(std::mem::take(&mut wishes)).await;
                }
                _ = looks.tick() => self.look(&all_shipped).await,
            }
        }
    }

    /// Grants what can be granted of some wishes, and refuses the rest.
    async fn grant(&self, wishes: Vec<Wish>) {
        let mut queues: BTreeMap<AccountId, Queue> = BTreeMap::new();
        for wish in wishes {
            let id = wish.wallet.account_id().clone();
            let wallet = Arc::clone(&wish.wallet);
            let new = Queue {
                wallet,
                wishes: vec![],
            };
            queues.entry(id).or_insert(new).wishes.push(wish);
        }
        let granted = timeout(chunks::WRITE_MAX, self.take(&queues)).await;
        let granted = granted.unwrap_or(Err(StoreError::TimedOut));
        match granted {
            Ok(taken) => {
                for (id, queue) in queues {
                    queue.serve(taken.get(&id).copied().unwrap_or_default());
                }
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    accounts = queues.len(),
                    "balances of credits could not be read or held"
                );
                let error = Arc::new(error);
                queues.into_values().for_each(|queue| queue.refuse(&error));
            }
        }
    }

    async fn take(
        &self,
        queues: &BTreeMap<AccountId, Queue>,
    ) -> Result<BTreeMap<AccountId, EscrowTaken>, StoreError> {
        let mut taken = BTreeMap::new();
        let mut wanted = Vec::new();
        for (id, queue) in queues {
            let found = escrow::look(&self.parts.db, &self.parts.credits.server, id).await?;
            // Whoever has nothing left costs a look, and no transaction.
            let available = found.balance.available_nanos();
            if available > 0 && available >= queue.least() {
                wanted.push((id, queue));
            }
            taken.insert(id.clone(), found);
        }
        if wanted.is_empty() {
            return Ok(taken);
        }
        let owner = EscrowOwner {
            server: &self.parts.credits.server,
            journal: &self.parts.journal,
        };
        let mut tx = self.parts.db.begin().await?;
        for (id, queue) in &wanted {
            let wish = chunks::wish(queue.needed(), queue.least());
            let of_account = escrow::take(&mut tx, owner, id, wish).await?;
            taken.insert((*id).clone(), of_account);
        }
        // From here on it is not known what the database has, until the commit says so: also when it is not awaited.
        let doubts: Vec<Doubt<'_>> = wanted
            .iter()
            .map(|(_, queue)| Doubt(Some(&queue.wallet)))
            .collect();
        tx.commit().await?;
        doubts.into_iter().for_each(Doubt::settle);
        Ok(taken)
    }

    /// Gives back what is not used.
    async fn look<F>(&self, all_shipped: &impl Fn() -> F)
    where
        F: Future<Output = ()>,
    {
        let Some(since) = Instant::now().checked_sub(self.parts.idle) else {
            return;
        };
        let mut idle: BTreeMap<AccountId, (Arc<Wallet>, i64)> = BTreeMap::new();
        for wallet in self.parts.credits.sweep() {
            if wallet.is_doubtful() {
                tell(self.clear(&wallet, all_shipped).await);
            } else if idle.len() < chunks::GIVEN_BACK_PER_LOOK {
                let nanos = wallet.take_idle(since);
                if nanos > 0 {
                    let id = wallet.account_id().clone();
                    idle.insert(id, (wallet, nanos));
                }
            }
        }
        tell(self.give_back(idle).await);
    }

    /// Gives back what was taken out of wallets, in one transaction.
    async fn give_back(
        &self,
        idle: BTreeMap<AccountId, (Arc<Wallet>, i64)>,
    ) -> Result<(), StoreError> {
        if idle.is_empty() {
            return Ok(());
        }
        let doubts: Vec<Doubt<'_>> = idle
            .values()
            .map(|(wallet, _)| Doubt(Some(wallet)))
            .collect();
        let amounts = idle.iter().map(|(id, (_, nanos))| (id, *nanos));
        self.release(amounts).await?;
        doubts.into_iter().for_each(Doubt::settle);
        Ok(())
    }

    /// Gives all of a doubtful wallet back, once no request has any of it and every charge is written.
    async fn clear<F>(
        &self,
        wallet: &Wallet,
        all_shipped: &impl Fn() -> F,
    ) -> Result<(), StoreError>
    where
        F: Future<Output = ()>,
    {
        if !wallet.begin_clearing() {
            return Ok(());
        }
        let shipped = timeout(chunks::SHIPPED_MAX, all_shipped()).await;
        let released = match shipped {
            Ok(()) => {
                let all = (wallet.account_id(), i64::MAX);
                self.release(std::iter::once(all)).await
            }
            Err(_) => Err(StoreError::TimedOut),
        };
        wallet.end_clearing(released.is_ok());
        released
    }

    async fn release<'a>(
        &self,
        amounts: impl Iterator<Item = (&'a AccountId, i64)>,
    ) -> Result<(), StoreError> {
        let server = &self.parts.credits.server;
        let release = async {
            let mut tx = self.parts.db.begin().await?;
            for (account_id, nanos) in amounts {
                escrow::give_back(&mut tx, server, account_id, nanos).await?;
            }
            tx.commit().await
        };
        let released = timeout(chunks::WRITE_MAX, release).await;
        released.unwrap_or(Err(StoreError::TimedOut))
    }
}

fn tell(given: Result<(), StoreError>) {
    if let Err(error) = given {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "credits that are not used could not be given back; trying again"
        );
    }
}

impl Drop for Teller {
    /// Leaves the queue to the next one: a job that panicked begins again.
    fn drop(&mut self) {
        *self.parts.credits.inbox.lock() = self.inbox.take();
    }
}

/// Doubts a wallet when it is dropped, unless it was settled.
struct Doubt<'a>(Option<&'a Wallet>);

impl Doubt<'_> {
    fn settle(mut self) {
        self.0 = None;
    }
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        if let Some(wallet) = self.0 {
            wallet.doubt();
        }
    }
}

impl Queue {
    /// The sum that all who wait need, beyond what became free since they asked.
    fn needed(&self) -> i64 {
        let sum = self.wishes.iter().map(|wish| wish.nanos);
        let sum = sum.fold(0, i64::saturating_add);
        (sum - self.wallet.amounts().1).max(0)
    }

    /// The least that one of them needs beyond that.
    fn least(&self) -> i64 {
        let least = self.wishes.iter().map(|wish| wish.nanos).min();
        (least.unwrap_or_default() - self.wallet.amounts().1).max(0)
    }

    fn serve(self, taken: EscrowTaken) {
        let Self { wallet, wishes } = self;
        if taken.taken_nanos > 0 {
            let is_chunk = wishes
                .iter()
                .map(|wish| wish.nanos)
                .fold(0, i64::saturating_add)
                < taken.taken_nanos;
            wallet.add(taken.taken_nanos, is_chunk);
        }
        for wish in wishes {
            let Some(reply) = wish.reply else { continue };
            let hold = Wallet::try_hold(&wallet, wish.nanos);
            let answer = hold.ok_or_else(|| too_little(&wallet, taken, wish.nanos));
            // Whoever does not wait any more leaves the hold to its end.
            let _: Result<(), Result<Hold, HoldError>> = reply.send(answer);
        }
    }

    fn refuse(self, error: &Arc<StoreError>) {
        for reply in self.wishes.into_iter().filter_map(|wish| wish.reply) {
            let _ = reply.send(Err(HoldError::Unavailable(Arc::clone(error))));
        }
    }
}

fn too_little(wallet: &Wallet, found: EscrowTaken, needed: i64) -> HoldError {
    let (held, free) = wallet.amounts();
    // Charges that are not written yet are in the balance, and not in the wallet any more.
    let unwritten = (found.own_nanos - held - free).max(0);
    let balance = (found.balance.balance_nanos - unwritten).max(0);
    let is_held_elsewhere = found.balance.escrowed_nanos > found.own_nanos;
    HoldError::Insufficient {
        balance_nanos: balance.unsigned_abs(),
        may_be_freed: balance >= needed && (held > 0 || is_held_elsewhere),
    }
}
