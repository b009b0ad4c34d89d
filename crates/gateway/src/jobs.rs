//! Background work, a file each.

mod follow_auth_log;
mod prune_connections;
mod prune_expired;
mod prune_limits;
mod prune_usage;
mod send_mail;
mod warm_keys;
mod watch_catalog;

use std::sync::Arc;

use store::auth_log;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::AppState;
use crate::mail::Post;
use crate::metering::Writer;

/// The jobs of a server that runs.
#[derive(Debug)]
pub struct Background {
    app: AppState,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Begins to follow the auth log, and starts all other jobs.
///
/// # Errors
/// When the database cannot be written: without a lease no key can be used.
pub async fn start(app: &AppState) -> anyhow::Result<Background> {
    follow_auth_log::begin(app).await?;
    warm_keys::run(app).await;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let writer = Writer::new(
        Arc::clone(&app.metering),
        &app.config.metering,
        app.config.telemetry.access_log,
        app.db.clone(),
        app.clock.clone(),
        Arc::clone(&app.metrics),
    );
    tasks.spawn(writer.run(stop.clone()));
    tasks.spawn(follow_auth_log::run(app.clone(), stop.clone()));
    tasks.spawn(prune_limits::run(app.clone(), stop.clone()));
    tasks.spawn(prune_usage::run(app.clone(), stop.clone()));
    if app.mail.is_on() {
        let post = Post::new(&app.config.mail)?;
        tasks.spawn(send_mail::run(app.clone(), post, stop.clone()));
    }
    tasks.spawn(prune_expired::run(app.clone(), stop.clone()));
    tasks.spawn(prune_connections::run(app.clone(), stop.clone()));
    tasks.spawn(watch_catalog::run(app.clone(), stop.clone()));
    Ok(Background {
        app: app.clone(),
        tasks,
        stop,
    })
}

impl Background {
    /// Ends the jobs; what waits to be written is written first.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        if let Err(error) = auth_log::deregister(&self.app.db, &self.app.replica_id).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "could not sign off; revocations will wait for our lease"
            );
        }
    }
}
