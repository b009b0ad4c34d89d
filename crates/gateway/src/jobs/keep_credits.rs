//! Looks after the credits that servers hold: serves requests that wait for them, and has what the dead held come back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use store::ledger::escrow;
use store::{StoreError, servers};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::credits::{IDLE, Teller, TellerParts};
use crate::state::GatewayState;

/// The longest that a start waits for what the process before it held.
const FIRST_MAX: Duration = Duration::from_secs(2);
/// The pause between two looks for servers that are gone.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// A server of which nothing was heard for so long does not come back: what it held goes back. Should its journal have
/// charges that are not written yet, they are taken from the part of the balance that is not held.
const GONE: Duration = Duration::from_secs(600);

/// Gives back what earlier processes on this server's journal held, once their charges are written.
pub(super) async fn begin(app: &GatewayState) {
    if !matches!(timeout(FIRST_MAX, release_before(app)).await, Ok(Ok(()))) {
        tracing::info!("what the process before this one held of credits goes back later");
    }
}

pub(super) async fn serve(app: GatewayState, stop: CancellationToken) {
    let parts = TellerParts {
        credits: Arc::clone(&app.credits),
        db: app.db.clone(),
        journal: app.journal.id().to_owned(),
        idle: IDLE,
    };
    let Some(teller) = Teller::new(parts) else {
        return;
    };
    teller.run(stop, || app.metering.flush()).await;
}

pub(super) async fn reclaim(app: GatewayState, stop: CancellationToken) {
    let mut heard = Heard::default();
    loop {
        if let Err(error) = look(&app, &mut heard).await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "cannot tell which servers hold credits"
            );
        }
        tokio::select! {
            () = sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Gives back what this process holds, once nothing of it is on its way.
pub(super) async fn end(app: &GatewayState) {
    if app.metering.state().pending > 0 {
        // The next start does it, behind the charges.
        return;
    }
    if let Err(error) = release(app, app.credits.server()).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the credits that this server holds go back at its next start"
        );
    }
}

async fn release_before(app: &GatewayState) -> Result<(), StoreError> {
    let owners = escrow::list_owners(&app.db).await?;
    let mut before = owners.iter().filter(|(server, journal)| {
        journal == app.journal.id() && *server != **app.credits.server()
    });
    let Some(first) = before.next() else {
        return Ok(());
    };
    app.metering.flush().await;
    for (server, _) in std::iter::once(first).chain(before) {
        release(app, server).await?;
    }
    Ok(())
}

async fn look(app: &GatewayState, heard: &mut Heard) -> Result<(), StoreError> {
    release_before(app).await?;
    let owners = escrow::list_owners(&app.db).await?;
    let servers = servers::list(&app.db).await?;
    let now = Instant::now();
    let seen = owners.iter().map(|(id, _)| {
        let server = servers.iter().find(|server| server.id == *id);
        (id.as_str(), server.map(|server| server.seen_at_ms))
    });
    for server in heard.gone(seen.collect(), now) {
        if server != **app.credits.server() {
            let nanos = release(app, &server).await?;
            tracing::warn!(
                server.id = server,
                nanos,
                "a server that was not heard of for long held credits; they are free again"
            );
        }
    }
    Ok(())
}

async fn release(app: &GatewayState, server: &str) -> Result<i64, StoreError> {
    let mut tx = app.db.begin().await?;
    let nanos = escrow::release(&mut tx, server).await?;
    tx.commit().await?;
    Ok(nanos)
}

/// The last sign of life of each server that holds credits, by this server's clock.
#[derive(Debug, Default)]
struct Heard(HashMap<String, (Option<i64>, Instant)>);

impl Heard {
    /// Those whose last sign of life is long the same one; none is as well.
    fn gone(&mut self, servers: Vec<(&str, Option<i64>)>, now: Instant) -> Vec<String> {
        self.0
            .retain(|id, _| servers.iter().any(|(known, _)| known == id));
        let mut gone = Vec::new();
        for (id, seen_at_ms) in servers {
            let known = self.0.entry(id.to_owned()).or_insert((seen_at_ms, now));
            if known.0 != seen_at_ms {
                *known = (seen_at_ms, now);
            }
            if now.duration_since(known.1) >= GONE {
                gone.push(id.to_owned());
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_gone_once_it_was_silent_for_long_whatever_its_clock_shows() {
        let mut heard = Heard::default();
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        assert!(
            heard
                .gone(vec![("a", Some(1)), ("b", None)], begin)
                .is_empty()
        );
        assert!(
            heard
                .gone(vec![("a", Some(2)), ("b", None)], at(300))
                .is_empty()
        );
        assert_eq!(
            heard.gone(vec![("a", Some(2)), ("b", None)], at(600)),
            ["b"]
        );
        assert_eq!(heard.gone(vec![("a", Some(2))], at(900)), ["a"]);
    }
}
