//! The subject of this suite: both planes.

use axum::Router;
use control::config::ControlConfig;
use control::jobs;
use control::router;
use control::state::ControlState;
use gateway::jobs::Background;
use gateway::state::GatewayState;
use toml::Table;

use super::TestApp;
use super::test_app::section;

/// The state of a server.
pub(crate) type State = ControlState;

pub(crate) fn state(gateway: &GatewayState, settings: &Table) -> State {
    let mut config = ControlConfig {
        accounts: section(settings, "accounts"),
        leak_reports: section(settings, "leak_reports"),
        mail: section(settings, "mail"),
        payments: section(settings, "payments"),
        invoices: section(settings, "invoices"),
        anomalies: section(settings, "anomalies"),
        webhooks: section(settings, "webhooks"),
    };
    config.accounts.read_files().unwrap();
    config.leak_reports.read_files().unwrap();
    config.mail.read_files().unwrap();
    config.payments.read_files().unwrap();
    config
        .payments
        .validate(config.accounts.public_url())
        .unwrap();
    ControlState::new(config, gateway.clone()).unwrap()
}

pub(crate) fn router(state: &State) -> Router {
    router::api(state)
}

pub(crate) async fn start_jobs(state: &State) -> anyhow::Result<Background> {
    jobs::start(state).await
}

impl TestApp {
    pub(crate) fn gateway(&self) -> &GatewayState {
        &self.app.gateway
    }
}
