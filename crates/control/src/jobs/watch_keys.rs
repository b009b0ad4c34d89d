//! Looks at what keys did, and writes down what is odd about it.

use std::collections::VecDeque;
use std::time::Duration;

use gateway::metering::Sighting;
use store::{ApiKeyId, StoreError, key_habits};
use tokio_util::sync::CancellationToken;

use crate::anomalies::{COOL_DOWN_MS, Changed, Detectors, Finding, Habits};
use crate::changes::{ChangeError, Noticed, watcher};
use crate::state::{Control, ControlState};

/// The interval of storing baselines that changed, by the clock of the business.
const STORE_EVERY_MS: i64 = 60_000;
/// The interval of looking whether that is due if no request comes.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Habits of one transaction.
const HABITS_PER_WRITE: usize = 200;
/// Findings that wait for a database that cannot be written; more are given up, the oldest first.
const FINDINGS_MAX: usize = 1_000;

struct Watch {
    app: ControlState,
    detectors: Detectors,
    findings: VecDeque<Finding>,
    stored_at_ms: i64,
}

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    let mut watch = Watch {
        detectors: Detectors::new(app.config.anomalies.keys_max),
        findings: VecDeque::new(),
        stored_at_ms: app.clock.now_ms(),
        app,
    };
    while !stop.is_cancelled() {
        tokio::select! {
            () = watch.app.gateway.sightings.more() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => {}
        }
        watch.look().await;
    }
    watch.store().await;
}

impl Watch {
    async fn look(&mut self) {
        let (seen, accepted) = self.app.gateway.sightings.take();
        for sighting in seen {
            match self.recall(&sighting).await {
                Ok(()) => self.findings.extend(self.detectors.see(&sighting)),
                // To learn it anew would make all that it is used to odd.
                Err(error) => self.give_up(&error),
            }
            while self.findings.len() > FINDINGS_MAX {
                self.findings.pop_front();
            }
        }
        self.tell().await;
        let keys = i64::try_from(self.detectors.len()).unwrap_or(i64::MAX);
        self.app.gateway.metrics.watched_keys.set(keys);
        let now_ms = self.app.clock.now_ms();
        if now_ms - self.stored_at_ms >= STORE_EVERY_MS {
            self.stored_at_ms = now_ms;
            self.store().await;
        }
        self.app.gateway.sightings.handled(accepted);
    }

    fn give_up(&self, error: &StoreError) {
        self.app.gateway.metrics.sightings_lost.inc();
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the habits of a key cannot be read; what it does is not looked at"
        );
    }

    /// Sees to it that the habits of a key are at hand.
    async fn recall(&mut self, seen: &Sighting) -> Result<(), StoreError> {
        if self.detectors.knows(&seen.api_key_id) {
            return Ok(());
        }
        let stored = key_habits::find(&self.app.db, &seen.api_key_id).await?;
        let habits = stored.as_deref().and_then(Habits::from_text);
        let forgotten = self.detectors.recall(seen, habits);
        for part in forgotten.chunks(HABITS_PER_WRITE) {
            self.write(part).await?;
        }
        Ok(())
    }

    /// Writes findings down, as far as the database goes along; the rest waits.
    async fn tell(&mut self) {
        while let Some(finding) = self.findings.pop_front() {
            match record(&self.app, &finding).await {
                Ok(()) => {}
                Err(
                    error @ (ChangeError::Store(StoreError::NotFound { .. })
                    | ChangeError::NotSpread(_)),
                ) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "an anomaly is noted in part"
                    );
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        pending = self.findings.len() + 1,
                        "an anomaly cannot be written down; trying again"
                    );
                    self.findings.push_front(finding);
                    return;
                }
            }
        }
    }

    /// Stores the habits that changed. What cannot be stored now is stored next time.
    async fn store(&mut self) {
        loop {
            let changed = self.detectors.take_changed(HABITS_PER_WRITE);
            if changed.is_empty() {
                return;
            }
            match self.write(&changed).await {
                Ok(known) => {
                    for (id, habits) in known {
                        self.detectors.learn(&id, &habits);
                    }
                }
                Err(error) => {
                    self.detectors.keep_changed(&changed);
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the habits of keys cannot be stored now"
                    );
                    return;
                }
            }
        }
    }

    /// Stores habits together with what other servers stored of the same keys; returns that.
    async fn write(&self, changed: &[Changed]) -> Result<Vec<(ApiKeyId, Habits)>, StoreError> {
        let now_ms = self.app.clock.now_ms();
        let mut known = Vec::new();
        let mut tx = self.app.db.begin().await?;
        for one in changed {
            let mut habits = one.habits.clone();
            let stored = key_habits::find_within(&mut tx, &one.api_key_id).await?;
            if let Some(stored) = stored.as_deref().and_then(Habits::from_text) {
                habits.merge(&stored);
                known.push((one.api_key_id.clone(), stored));
            }
            key_habits::put(&mut tx, &one.api_key_id, habits.to_text(), now_ms).await?;
        }
        tx.commit().await?;
        Ok(known)
    }
}

async fn record(app: &Control, finding: &Finding) -> Result<(), ChangeError> {
    let actor = watcher();
    let changes = app.changes(&actor);
    let noticed = Noticed {
        account_id: finding.account_id.clone(),
        api_key_id: finding.api_key_id.clone(),
        kind: finding.kind,
        action: None,
        facts: finding.facts(),
        // Another server, or this one before it was restarted, may have told already.
        unless_since_ms: Some(finding.at_ms - COOL_DOWN_MS + 1),
    };
    if let Some(event) = changes.record_key_event(noticed).await? {
        app.gateway
            .metrics
            .count_key_event(event.kind.as_str(), event.action.as_str());
    }
    Ok(())
}
