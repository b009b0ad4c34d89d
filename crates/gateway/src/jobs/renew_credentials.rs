//! Renews the tokens and keys of providers before they end, so that no request waits for one.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::GatewayState;
use crate::upstream::CredentialSource;

/// Time between two looks; a credential is renewed minutes before its end.
const EVERY: Duration = Duration::from_secs(10);

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    loop {
        for source in sources(&app) {
            tokio::select! {
                () = app.upstream.renew(&source) => {}
                () = stop.cancelled() => return,
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// The sources of those providers that serve a model, each once.
fn sources(app: &GatewayState) -> Vec<Arc<CredentialSource>> {
    let catalog = app.catalog.load();
    let mut sources: Vec<Arc<CredentialSource>> = Vec::new();
    for model in catalog.all_models() {
        for deployment in model.deployments() {
            if let Some(source) = deployment.provider.auth.source()
                && !sources.iter().any(|known| Arc::ptr_eq(known, source))
            {
                sources.push(Arc::clone(source));
            }
        }
    }
    sources
}
