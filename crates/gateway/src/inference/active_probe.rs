//! Active probes: ejected deployments get a small request of the gateway, where the operator of the provider wants that.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::learned::outcome_of;
use super::trial::{Trial, TrialError, try_out};
use crate::routing::{ActiveProbe, Ejection, Outcome};
use crate::state::Gateway;
use crate::upstream::{Deployment, ProbeOutcome};

/// The time that a response is waited for.
const WAIT: Duration = Duration::from_secs(10);

/// Looks at every deployment whose time for a probe has come.
pub async fn probe_what_is_due(app: &Gateway) {
    let catalog = app.catalog.load_full();
    let mut probes = Vec::new();
    for model in catalog.all_models() {
        for one in model.candidates(0, |deployment| deployment.provider.active_probes) {
            let begun = model.pool.begin_probe(one.slot, one.deployment.mark);
            let deployment = one.deployment;
            probes.extend(begun.map(|probe| look(app, probe, deployment)));
        }
    }
    join_all(probes).await;
}

async fn look(app: &Gateway, probe: ActiveProbe, deployment: Arc<Deployment>) {
    let outcome = timeout(WAIT, ask(app, &deployment)).await;
    let outcome = outcome.unwrap_or(Outcome::Failed(Ejection::Failing));
    let ejected = probe.end(outcome);
    tracing::info!(
        deployment.id = &*deployment.id,
        provider.name = &*deployment.provider.name,
        provider.credential = deployment.provider.credential_label(),
        reason = ejected.map(Ejection::as_str),
        "an ejected deployment was probed"
    );
}

/// The outcome of a chat or an embedding; where the deployment can do neither, of the provider's list of models.
async fn ask(app: &Gateway, deployment: &Deployment) -> Outcome {
    let tried = match Trial::of(deployment) {
        Some(trial) => try_out(&app.upstream, deployment, trial).await,
        None => Err(TrialError::Untestable),
    };
    match tried {
        Ok(_) => Outcome::Responded,
        Err(TrialError::Upstream(error)) => outcome_of(&error),
        Err(TrialError::Missing(_)) => Outcome::Failed(Ejection::Failing),
        Err(TrialError::Untestable) => match app.upstream.probe(&deployment.provider).await {
            ProbeOutcome::Responded(200..300) => Outcome::Responded,
            ProbeOutcome::Responded(401 | 403) => Outcome::Failed(Ejection::Credential),
            ProbeOutcome::Responded(_)
            | ProbeOutcome::Unreachable(_)
            | ProbeOutcome::Misconfigured(_) => Outcome::Failed(Ejection::Failing),
        },
    }
}
