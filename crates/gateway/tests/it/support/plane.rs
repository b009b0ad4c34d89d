//! The subject of this suite: the data plane alone.

use axum::Router;
use gateway::jobs::{self, Background};
use gateway::router;
use gateway::state::GatewayState;
use toml::Table;

use super::TestApp;

/// The state of a server.
pub(crate) type State = GatewayState;

pub(crate) fn state(gateway: &GatewayState, _settings: &Table) -> State {
    gateway.clone()
}

pub(crate) fn router(state: &State) -> Router {
    router::api(state.clone())
}

pub(crate) async fn start_jobs(state: &State) -> anyhow::Result<Background> {
    jobs::start(state).await
}

impl TestApp {
    pub(crate) fn gateway(&self) -> &GatewayState {
        &self.app
    }
}
