//! Metrics of the gates in front of models, which are kept there and copied when somebody asks. Models and deployments
//! are those of the catalogue, so the labels are bounded.

use std::sync::Arc;

use crate::catalog::Model;
use crate::metrics::Metrics;
use crate::routing::{BreakerState, Level, LevelCounts, WAIT_BOUNDS};
use crate::state::Gateway;

pub(super) fn note(app: &Gateway) {
    for model in app.catalog.load().all_models() {
        note_model(&app.metrics, model);
    }
}

fn note_model(metrics: &Metrics, model: &Arc<Model>) {
    let counts = model.pool.counts();
    for (level, of_level) in counts.by_level().filter(|(_, one)| one.offered > 0) {
        note_level(metrics, &model.id, level, of_level);
    }
    if let Some(seats) = counts.seats {
        metrics.set_seats(&model.id, "all", "known", seats.into());
    }
    for candidate in model.candidates(0, |_| true) {
        let state = match candidate.status.breaker {
            BreakerState::Closed => 0,
            BreakerState::HalfOpen => 1,
            BreakerState::Open => 2,
        };
        let deployment = &candidate.deployment;
        let credential = deployment.provider.credential_label().unwrap_or_default();
        metrics.set_breaker(&model.id, (&deployment.id, credential), state);
    }
}

fn note_level(metrics: &Metrics, model: &str, level: Level, counts: &LevelCounts) {
    let level = level.as_str();
    let waited: u64 = counts.waits.iter().sum();
    for (event, total) in [
        ("offered", counts.offered),
        ("admitted", counts.admitted),
        ("borrowed", counts.borrowed),
        ("waited", waited),
    ] {
        metrics.set_gate(model, level, event, total);
    }
    for (reason, total) in counts.shed().filter(|(_, total)| *total > 0) {
        metrics.set_sheds(model, level, reason.as_str(), total);
    }
    metrics.set_seats(model, level, "running", counts.running.into());
    let waiting = i64::try_from(counts.waiting).unwrap_or(i64::MAX);
    metrics.set_seats(model, level, "waiting", waiting);
    let mut up_to = 0;
    for (bound, waits) in WAIT_BOUNDS.iter().zip(counts.waits).filter(|_| waited > 0) {
        up_to += waits;
        metrics.set_waits(model, level, &bound.to_string(), up_to);
    }
}
