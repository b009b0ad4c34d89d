//! Background work of the data plane, a file each.

mod end_requests;
mod follow_auth_log;
mod keep_credits;
mod keep_servers;
mod probe_deployments;
mod prune_connections;
mod prune_limits;
mod renew_credentials;
mod share_limits;
mod supervisor;
mod sweep_files;
mod sweep_responses;
mod warm_keys;
mod watch_catalog;
mod write_unwritten_usage;

use std::sync::Arc;

use store::auth_log;
use tokio_util::sync::CancellationToken;

use crate::batches;
use crate::metering::{Shipper, ShipperParts};
use crate::state::GatewayState;
use supervisor::Supervisor;

pub use supervisor::JobRole;

/// The jobs of a server that runs.
#[derive(Debug)]
pub struct Background {
    app: GatewayState,
    supervisor: Supervisor,
}

/// Begins to follow the auth log, and starts the other jobs of the data plane.
///
/// # Errors
/// If the database cannot be written: without a lease no key can be used.
pub async fn start(app: &GatewayState) -> anyhow::Result<Background> {
    follow_auth_log::begin(app).await?;
    keep_servers::begin(app).await?;
    // Before keys are read: what they count as used today is in it.
    let is_all_written = write_unwritten_usage::begin(app).await;
    shipper(app).write_first().await;
    warm_keys::run(app).await;
    let jobs = Background {
        app: app.clone(),
        supervisor: Supervisor::new(&app.metrics),
    };
    let housekeeping = JobRole::Housekeeping;
    jobs.spawn("ship_usage", JobRole::Vital, app, ship_usage);
    keep_credits::begin(app).await;
    jobs.spawn("keep_credits", JobRole::Vital, app, keep_credits::serve);
    let reclaim = keep_credits::reclaim;
    jobs.spawn("reclaim_credits", housekeeping, app, reclaim);
    jobs.spawn("follow_auth_log", JobRole::Vital, app, follow_auth_log::run);
    jobs.spawn("end_requests", housekeeping, app, end_requests::run);
    if !is_all_written {
        let write = write_unwritten_usage::run;
        jobs.spawn("write_unwritten_usage", housekeeping, app, write);
    }
    jobs.spawn("watch_catalog", housekeeping, app, watch_catalog::run);
    jobs.spawn("prune_limits", housekeeping, app, prune_limits::run);
    let renew = renew_credentials::run;
    jobs.spawn("renew_credentials", housekeeping, app, renew);
    let probe = probe_deployments::run;
    jobs.spawn("probe_deployments", housekeeping, app, probe);
    let prune = prune_connections::run;
    jobs.spawn("prune_connections", housekeeping, app, prune);
    jobs.spawn("run_batches", housekeeping, app, batches::serve);
    jobs.spawn("sweep_files", housekeeping, app, sweep_files::run);
    let sweep = sweep_responses::run;
    jobs.spawn("sweep_responses", housekeeping, app, sweep);
    jobs.spawn("keep_servers", housekeeping, app, keep_servers::run);
    if app.shared.limiter.shared().is_some() {
        let keep = share_limits::keep_in_touch;
        jobs.spawn("share_limits", housekeeping, app, keep);
        jobs.spawn("report_limits", housekeeping, app, share_limits::report);
        share_limits::warm_up(app).await;
    }
    Ok(jobs)
}

async fn ship_usage(app: GatewayState, stop: CancellationToken) {
    shipper(&app).run(stop).await;
}

fn shipper(app: &GatewayState) -> Shipper {
    let parts = ShipperParts {
        metering: Arc::clone(&app.metering),
        budgets: Arc::clone(&app.shared.budgets),
        db: app.db.clone(),
        clock: app.clock.clone(),
    };
    Shipper::new(&app.config.metering, parts)
}

impl Background {
    /// Runs a job on a state until it returns, which it does when it is told to stop or has nothing to do.
    pub fn spawn<S, F>(
        &self,
        name: &'static str,
        role: JobRole,
        state: &S,
        job: impl Fn(S, CancellationToken) -> F + Send + 'static,
    ) where
        S: Clone + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let state = state.clone();
        let begin = move |stop| job(state.clone(), stop);
        self.supervisor.spawn(name, role, begin);
    }

    /// Ends the jobs; what waits to be written is written first.
    pub async fn stop(self) {
        self.supervisor.stop().await;
        self.app.kept_responses.finish().await;
        keep_credits::end(&self.app).await;
        self.app.journal.close();
        self.app.shared.limiter.keep_all();
        if let Err(error) = auth_log::deregister(&self.app.db, &self.app.process.replica_id).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "could not sign off; revocations will wait for our lease"
            );
        }
    }
}
