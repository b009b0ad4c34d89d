//! Looks at what keys did, and writes down what is odd about it.

use std::collections::VecDeque;
use std::time::Duration;

use gateway::metering::Observation;
use store::{ApiKeyId, StoreError, key_baselines};
use tokio_util::sync::CancellationToken;

use crate::anomalies::{Baseline, COOL_DOWN_MS, Changed, Detection, Detectors};
use crate::commands::{CommandError, NewKeyEvent, watcher};
use crate::state::{Control, ControlState};

/// The interval of storing baselines that changed, by the clock of the business.
const STORE_EVERY_MS: i64 = 60_000;
/// The interval of looking whether that is due if no request comes.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Baseline of one transaction.
const HABITS_PER_WRITE: usize = 200;
/// Detections that wait for a database that cannot be written; more are given up, the oldest first.
const FINDINGS_MAX: usize = 1_000;

struct Watch {
    app: ControlState,
    detectors: Detectors,
    detections: VecDeque<Detection>,
    stored_at_ms: i64,
}

pub(super) async fn run(app: ControlState, stop: CancellationToken) {
    let mut watch = Watch {
        detectors: Detectors::new(app.config.anomalies.keys_max),
        detections: VecDeque::new(),
        stored_at_ms: app.clock.now_ms(),
        app,
    };
    while !stop.is_cancelled() {
        tokio::select! {
            () = watch.app.gateway.metering.observations.more() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => {}
        }
        watch.look().await;
    }
    watch.store().await;
}

impl Watch {
    async fn look(&mut self) {
        let (seen, accepted) = self.app.gateway.metering.observations.take();
        for observation in seen {
            match self.recall(&observation).await {
                Ok(()) => self.detections.extend(self.detectors.see(&observation)),
                // To learn it anew would make all that it is used to odd.
                Err(error) => self.give_up(&error),
            }
            while self.detections.len() > FINDINGS_MAX {
                self.detections.pop_front();
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
        self.app.gateway.metering.observations.handled(accepted);
    }

    fn give_up(&self, error: &StoreError) {
        self.app.gateway.metrics.observations_lost.inc();
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "the baseline of a key cannot be read; its requests are not looked at"
        );
    }

    /// Makes sure that the baseline of a key is in memory.
    async fn recall(&mut self, seen: &Observation) -> Result<(), StoreError> {
        if self.detectors.knows(&seen.api_key_id) {
            return Ok(());
        }
        let stored = key_baselines::find(&self.app.db, &seen.api_key_id).await?;
        let baseline = stored.as_deref().and_then(Baseline::from_text);
        let forgotten = self.detectors.recall(seen, baseline);
        for part in forgotten.chunks(HABITS_PER_WRITE) {
            self.write(part).await?;
        }
        Ok(())
    }

    /// Writes detections down, as far as the database goes along; the rest waits.
    async fn tell(&mut self) {
        while let Some(detection) = self.detections.pop_front() {
            match record(&self.app, &detection).await {
                Ok(()) => {}
                Err(
                    error @ (CommandError::Store(StoreError::NotFound { .. })
                    | CommandError::NotPropagated(_)),
                ) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "an anomaly is noted in part"
                    );
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        pending = self.detections.len() + 1,
                        "an anomaly cannot be written down; trying again"
                    );
                    self.detections.push_front(detection);
                    return;
                }
            }
        }
    }

    /// Stores the baselines that changed. What cannot be stored now is stored next time.
    async fn store(&mut self) {
        loop {
            let changed = self.detectors.take_changed(HABITS_PER_WRITE);
            if changed.is_empty() {
                return;
            }
            match self.write(&changed).await {
                Ok(known) => {
                    for (id, baseline) in known {
                        self.detectors.learn(&id, &baseline);
                    }
                }
                Err(error) => {
                    self.detectors.keep_changed(&changed);
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the baselines of keys cannot be stored now"
                    );
                    return;
                }
            }
        }
    }

    /// Stores baselines together with what other servers stored of the same keys; returns that.
    async fn write(&self, changed: &[Changed]) -> Result<Vec<(ApiKeyId, Baseline)>, StoreError> {
        let now_ms = self.app.clock.now_ms();
        let mut known = Vec::new();
        let mut tx = self.app.db.begin().await?;
        for one in changed {
            let mut baseline = one.baseline.clone();
            let stored = key_baselines::find_within(&mut tx, &one.api_key_id).await?;
            if let Some(stored) = stored.as_deref().and_then(Baseline::from_text) {
                baseline.merge(&stored);
                known.push((one.api_key_id.clone(), stored));
            }
            key_baselines::put(&mut tx, &one.api_key_id, baseline.to_text(), now_ms).await?;
        }
        tx.commit().await?;
        Ok(known)
    }
}

async fn record(app: &Control, detection: &Detection) -> Result<(), CommandError> {
    let actor = watcher();
    let commands = app.commands(&actor);
    let noticed = NewKeyEvent {
        account_id: detection.account_id.clone(),
        api_key_id: detection.api_key_id.clone(),
        kind: detection.kind,
        action: None,
        facts: detection.facts(),
        // Another server, or this one before it was restarted, may have told already.
        unless_since_ms: Some(detection.at_ms - COOL_DOWN_MS + 1),
        unless_facts: None,
    };
    if let Some(event) = commands.record_key_event(noticed).await? {
        app.gateway
            .metrics
            .count_key_event(event.kind.as_str(), event.action.as_str());
    }
    Ok(())
}
