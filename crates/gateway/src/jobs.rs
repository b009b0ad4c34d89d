//! Background work, a file each.

mod announce_key_events;
mod deliver_webhooks;
mod end_requests;
mod follow_auth_log;
mod prune_connections;
mod prune_expired;
mod prune_limits;
mod prune_usage;
mod record_key_signals;
mod remind_rotation;
mod send_mail;
mod supervisor;
mod warm_keys;
mod watch_catalog;
mod watch_keys;
mod write_unwritten_usage;

use std::sync::Arc;

use store::auth_log;
use tokio_util::sync::CancellationToken;

use crate::app::AppState;
use crate::mail::Post;
use crate::metering::{Writer, WriterParts};
use supervisor::{Role, Supervisor};

/// The jobs of a server that runs.
#[derive(Debug)]
pub struct Background {
    app: AppState,
    supervisor: Supervisor,
}

/// Begins to follow the auth log, and starts all other jobs.
///
/// # Errors
/// When the database cannot be written: without a lease no key can be used.
pub async fn start(app: &AppState) -> anyhow::Result<Background> {
    follow_auth_log::begin(app).await?;
    // Before keys are read: what they count as used today is in it.
    let is_all_written = write_unwritten_usage::begin(app).await;
    warm_keys::run(app).await;
    let supervisor = Supervisor::new(&app.metrics);
    let housekeeping = Role::Housekeeping;
    supervisor.spawn("metering_writer", Role::Vital, with(app, write_usage));
    supervisor.spawn(
        "follow_auth_log",
        Role::Vital,
        with(app, follow_auth_log::run),
    );
    supervisor.spawn("end_requests", housekeeping, with(app, end_requests::run));
    if !is_all_written {
        supervisor.spawn(
            "write_unwritten_usage",
            housekeeping,
            with(app, write_unwritten_usage::run),
        );
    }
    supervisor.spawn("watch_catalog", housekeeping, with(app, watch_catalog::run));
    supervisor.spawn("prune_limits", housekeeping, with(app, prune_limits::run));
    supervisor.spawn("prune_usage", housekeeping, with(app, prune_usage::run));
    supervisor.spawn("prune_expired", housekeeping, with(app, prune_expired::run));
    supervisor.spawn(
        "remind_rotation",
        housekeeping,
        with(app, remind_rotation::run),
    );
    supervisor.spawn(
        "record_key_signals",
        housekeeping,
        with(app, record_key_signals::run),
    );
    supervisor.spawn(
        "announce_key_events",
        housekeeping,
        with(app, announce_key_events::run),
    );
    supervisor.spawn(
        "deliver_webhooks",
        housekeeping,
        with(app, deliver_webhooks::run),
    );
    if app.sightings.is_on() {
        supervisor.spawn("watch_keys", housekeeping, with(app, watch_keys::run));
    }
    if app.mail.is_on() {
        let post = Arc::new(Post::new(&app.config.mail)?);
        let send = move |app, stop| send_mail::run(app, Arc::clone(&post), stop);
        supervisor.spawn("send_mail", housekeeping, with(app, send));
    }
    supervisor.spawn(
        "prune_connections",
        housekeeping,
        with(app, prune_connections::run),
    );
    Ok(Background {
        app: app.clone(),
        supervisor,
    })
}

/// A job as the supervisor begins it.
fn with<F>(
    app: &AppState,
    job: impl Fn(AppState, CancellationToken) -> F + Send + 'static,
) -> impl Fn(CancellationToken) -> F + Send + 'static {
    let app = app.clone();
    move |stop| job(app.clone(), stop)
}

async fn write_usage(app: AppState, stop: CancellationToken) {
    let parts = WriterParts {
        metering: Arc::clone(&app.metering),
        sightings: Arc::clone(&app.sightings),
        access_log: app.config.telemetry.access_log,
        db: app.db.clone(),
        clock: app.clock.clone(),
        metrics: Arc::clone(&app.metrics),
        folder: app.config.server.data_dir.clone(),
        replica_id: app.replica_id.clone(),
    };
    Writer::new(&app.config.metering, parts).run(stop).await;
}

impl Background {
    /// Ends the jobs; what waits to be written is written first.
    pub async fn stop(self) {
        self.supervisor.stop().await;
        self.app.limiter.keep_all();
        if let Err(error) = auth_log::deregister(&self.app.db, &self.app.replica_id).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "could not sign off; revocations will wait for our lease"
            );
        }
    }
}
