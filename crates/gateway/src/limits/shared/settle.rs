//! The agreements of the servers: to divide limits when one of them has lost the store, and to share them by the store
//! again when all have reported to it. A server changes how it decides only when no other one can still decide by what
//! held before, so that nothing is handed out twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use store::limit_sharing::LimitSharing;

use super::exchange::Exchange;
use super::redis_store::RedisStore;
use super::standing::Standing;
use super::{SharedLimits, told};
use crate::limits::ledger::Tally;
use crate::limits::timekeeper::Moment;

/// The way of the servers to agree on how limits are handed out.
pub(crate) trait Agreement: Send + Sync {
    /// The agreement that holds.
    fn current(&self) -> impl Future<Output = anyhow::Result<LimitSharing>> + Send;
    /// Changes the agreement, unless another server changed it after line `known`.
    fn change(
        &self,
        known: i64,
        epoch: Option<&str>,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Returns when every server that may decide anything knows of line `seq`.
    fn until_everywhere(&self, seq: i64) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// The words of the servers at line `seq`, with the name of each.
    fn words(&self, seq: i64)
    -> impl Future<Output = anyhow::Result<Vec<(String, String)>>> + Send;
    /// Looks which servers there are.
    fn look(&self) -> impl Future<Output = anyhow::Result<()>> + Send;
}

impl SharedLimits {
    /// Learns at its start how the others hand out limits. Parts are by the number of servers: where limits are divided they
    /// are divided anew.
    pub(super) async fn begin(
        &self,
        agreement: &impl Agreement,
        now: Moment,
    ) -> anyhow::Result<()> {
        let agreed = agreement.current().await?;
        let (seq, is_divided) = (agreed.seq, agreed.epoch.is_none());
        self.turn_to(agreed, now);
        if is_divided {
            agreement.change(seq, None).await?;
        }
        Ok(())
    }

    /// Takes the next step to where the servers agree. `reach` is the memory of the store, if it responds in time.
    pub(super) async fn settle(
        &self,
        (redis, exchange): (&RedisStore, &mut Exchange),
        reach: Option<Arc<str>>,
        agreement: &impl Agreement,
    ) -> anyhow::Result<()> {
        let agreed = self.agreed.lock().clone();
        let standing = Standing::clone(&self.standing.load());
        let seq = agreed.seq;
        match (agreed.epoch, standing) {
            // Who told the others to count on the store may not go back alone.
            (None, Standing::Leaving) if exchange.consented_at == Some(seq) => {
                agreement.change(seq, None).await
            }
            (None, Standing::Leaving) => self.divide(seq, agreement).await,
            (None, Standing::Alone) => {
                if let Some(epoch) = reach {
                    self.failures.store(0, Ordering::Relaxed);
                    self.stand_at(seq, Standing::Joining(epoch));
                }
                Ok(())
            }
            (None, Standing::Joining(epoch)) => {
                exchange.consented_at = Some(seq);
                if self.have_all_joined(redis, &epoch, seq).await? {
                    agreement.change(seq, Some(&epoch)).await?;
                }
                Ok(())
            }
            (Some(agreed), Standing::Joining(epoch)) if *agreed == *epoch => {
                agreement.until_everywhere(seq).await?;
                self.share(seq, epoch);
                Ok(())
            }
            (Some(agreed), Standing::Leaving) => match reach {
                Some(epoch) if *agreed == *epoch => {
                    self.report_all(redis, &epoch).await?;
                    self.failures.store(0, Ordering::Relaxed);
                    self.share(seq, epoch);
                    Ok(())
                }
                _ => agreement.change(seq, None).await,
            },
            _ => Ok(()),
        }
    }

    /// Divides what is left, once no server decides by the store any more and all know what each counted.
    async fn divide(&self, seq: i64, agreement: &impl Agreement) -> anyhow::Result<()> {
        agreement.until_everywhere(seq).await?;
        self.learn(&agreement.words(seq).await?);
        agreement.look().await?;
        self.losses.fetch_add(1, Ordering::Relaxed);
        if self.stand_at(seq, Standing::Alone) {
            tracing::warn!(
                servers = self.servers(),
                "each server hands out its part of each limit"
            );
        }
        Ok(())
    }

    fn share(&self, seq: i64, epoch: Arc<str>) {
        if self.stand_at(seq, Standing::Joined(epoch)) {
            tracing::info!(
                servers = self.servers(),
                "limits are shared with the other servers"
            );
        }
    }

    /// Takes over what the servers counted.
    fn learn(&self, words: &[(String, String)]) {
        let me = &self.fleet.load().me;
        let mut by_others: HashMap<&str, Tally> = HashMap::new();
        let mut totals: HashMap<&str, Tally> = HashMap::new();
        for (server, text) in words {
            for (name, tally) in told::read(text) {
                match told::of_total(name) {
                    Some(name) => totals.entry(name).or_default().raise(tally),
                    None if server != me => by_others.entry(name).or_default().add(tally),
                    None => {}
                }
            }
        }
        for (name, total) in totals {
            let others = by_others.remove(name).unwrap_or_default();
            self.subject(name).known.lock().learn(others, total);
        }
    }

    /// Says that everything counted here is in the store, and looks whether every server said so.
    async fn have_all_joined(
        &self,
        redis: &RedisStore,
        epoch: &str,
        seq: i64,
    ) -> anyhow::Result<bool> {
        self.report_all(redis, epoch).await?;
        let joined = redis.join(epoch, seq).await?;
        let fleet = self.fleet.load_full();
        let has_joined = |server: &String| joined.contains(server) || *server == fleet.me;
        Ok(fleet.reporting.iter().all(has_joined))
    }

    /// Reports everything that the store does not have yet.
    async fn report_all(&self, redis: &RedisStore, epoch: &str) -> anyhow::Result<()> {
        for subject in self.all_subjects() {
            if !subject.known.lock().unreported.is_nothing() {
                self.ledger.mark(&subject);
            }
        }
        let is_all = self.report_to(redis, epoch).await;
        anyhow::ensure!(is_all, "the store did not take all that was counted here");
        Ok(())
    }
}
