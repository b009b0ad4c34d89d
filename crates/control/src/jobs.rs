//! Background work of the control plane, a file each.

mod announce_key_events;
mod ask_payments;
mod deliver_webhooks;
mod prune_expired;
mod prune_usage;
mod record_key_signals;
mod remind_rotation;
mod send_mail;
mod watch_deployments;
mod watch_keys;

use std::sync::Arc;

use gateway::jobs::{Background, JobRole};

use crate::mail::SmtpSender;
use crate::state::ControlState;

/// Starts the jobs of both planes.
///
/// # Errors
/// If the data plane cannot start, or mails cannot be sent as they are configured.
pub async fn start(app: &ControlState) -> anyhow::Result<Background> {
    let jobs = gateway::jobs::start(&app.gateway).await?;
    let role = JobRole::Housekeeping;
    jobs.spawn("prune_usage", role, app, prune_usage::run);
    jobs.spawn("prune_expired", role, app, prune_expired::run);
    jobs.spawn("remind_rotation", role, app, remind_rotation::run);
    jobs.spawn("record_key_signals", role, app, record_key_signals::run);
    jobs.spawn("announce_key_events", role, app, announce_key_events::run);
    jobs.spawn("deliver_webhooks", role, app, deliver_webhooks::run);
    jobs.spawn("watch_deployments", role, app, watch_deployments::run);
    if app.gateway.metering.observations.is_on() {
        jobs.spawn("watch_keys", role, app, watch_keys::run);
    }
    if !app.config.payments.providers.is_empty() {
        jobs.spawn("ask_payments", role, app, ask_payments::run);
    }
    if app.mail.is_on() {
        let post = Arc::new(SmtpSender::new(&app.config.mail)?);
        let send = move |app, stop| send_mail::run(app, Arc::clone(&post), stop);
        jobs.spawn("send_mail", role, app, send);
    }
    Ok(jobs)
}
