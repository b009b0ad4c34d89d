//! Says of this server that it is there, and looks who else is: the servers of one database divide limits among them
//! while nothing else tells them how much is left.

use std::collections::HashMap;
use std::time::Duration;

use store::StoreError;
use store::servers::{self, Server};
use tokio_util::sync::CancellationToken;

use crate::limits::Fleet;
use crate::state::GatewayState;

/// The pause between two looks at the other servers.
const EVERY: Duration = Duration::from_secs(1);
/// The pause between two looks where no other server can be, or nothing is shared with it.
const EVERY_ALONE: Duration = Duration::from_secs(10);
/// A server that was not heard of for so long takes no part in what is begun now.
const FRESH: Duration = Duration::from_secs(5);
/// A server that was not heard of for so long handed out nothing in a minute that runs.
const GONE: Duration = Duration::from_secs(70);
/// Servers that were not heard of for so long are removed.
const FORGOTTEN: Duration = Duration::from_secs(86_400);

/// Between two looks at the servers that this one waits for at its start.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The last sign of life of each server, by this server's clock: theirs may be wrong.
#[derive(Debug, Default)]
struct Heard(HashMap<String, (i64, Duration)>);

/// Enters this server, so that it knows the others before it takes requests.
pub(super) async fn begin(app: &GatewayState) -> Result<(), StoreError> {
    look(app, &mut Heard::default()).await
}

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    let is_shared = app.shared.limiter.shared().is_some() || app.db.engine() == "postgres";
    let every = if is_shared { EVERY } else { EVERY_ALONE };
    let mut heard = Heard::default();
    let mut is_failing = false;
    loop {
        match look(&app, &mut heard).await {
            Ok(()) => is_failing = false,
            Err(error) if is_failing => {
                tracing::debug!(error = &error as &dyn std::error::Error, "servers unknown");
            }
            Err(error) => {
                is_failing = true;
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot tell the other servers of this one; those that are known stay"
                );
            }
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = stop.cancelled() => break,
        }
    }
    if let Err(error) = servers::remove(&app.db, &app.process.replica_id).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "not signed off");
    }
}

async fn look(app: &GatewayState, heard: &mut Heard) -> Result<(), StoreError> {
    let me = &app.process.replica_id;
    let shared = app.shared.limiter.shared();
    let server = Server {
        id: me.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address: app.config.server.listen.to_string(),
        started_at_ms: app.process.started_at_ms,
        seen_at_ms: app.clock.now_ms(),
        limits: shared
            .filter(|shared| shared.is_active())
            .map_or("single", |shared| shared.standing())
            .to_owned(),
        limits_by: shared
            .filter(|shared| shared.is_active())
            .map_or("process", |shared| shared.counted_by())
            .to_owned(),
        limits_servers: shared.map_or(1, |shared| {
            i64::try_from(shared.servers()).unwrap_or(i64::MAX)
        }),
        requests_in_flight: app.metrics.in_flight.get(),
        journal_lag_bytes: app.metrics.journal_lag_bytes.get(),
    };
    servers::enter(&app.db, &server).await?;
    let all = servers::list(&app.db).await?;
    let ages = heard.ages(&all, app.clock.now_ms(), app.clock.uptime());
    let younger = |most: Duration| {
        let young = ages.iter().filter(move |(_, age)| *age <= most);
        young.map(|(id, _)| (*id).to_owned()).collect()
    };
    if let Some(shared) = shared {
        let is_shared_now = shared.set_fleet(Fleet {
            known: younger(GONE),
            reporting: younger(FRESH),
            me: me.clone(),
        });
        if is_shared_now && let Err(error) = app.shared.limiter.begin_sharing().await {
            tracing::warn!(
                error = format!("{error:#}"),
                "counts of limits are not shared yet"
            );
        }
    }
    for (id, age) in &ages {
        if *age > FORGOTTEN {
            servers::remove(&app.db, id).await?;
        }
    }
    Ok(())
}

impl Heard {
    /// The silence of each server. One that is seen for the first time is as old as it says.
    fn ages<'a>(
        &mut self,
        servers: &'a [Server],
        now_ms: i64,
        uptime: Duration,
    ) -> Vec<(&'a str, Duration)> {
        self.0
            .retain(|id, _| servers.iter().any(|one| one.id == *id));
        let age = |server: &'a Server| {
            let said = Duration::from_millis(now_ms.abs_diff(server.seen_at_ms));
            let first = (server.seen_at_ms, uptime.saturating_sub(said));
            let known = self.0.entry(server.id.clone()).or_insert(first);
            if known.0 != server.seen_at_ms {
                *known = (server.seen_at_ms, uptime);
            }
            (server.id.as_str(), uptime.saturating_sub(known.1))
        };
        servers.iter().map(age).collect()
    }
}

/// Waits until the servers that counted alone so far share their counts, which each does when it has seen this one.
pub(super) async fn until_shared(app: &GatewayState) -> Result<(), StoreError> {
    let me = &app.process.replica_id;
    loop {
        let now_ms = app.clock.now_ms();
        let all = servers::list(&app.db).await?;
        let fresh_ms = u64::try_from(FRESH.as_millis()).unwrap_or(u64::MAX);
        let counts_alone = |one: &Server| {
            one.id != *me && one.limits == "single" && now_ms.abs_diff(one.seen_at_ms) <= fresh_ms
        };
        if !all.iter().any(counts_alone) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: &str, seen_at_ms: i64) -> Server {
        Server {
            id: id.to_owned(),
            version: String::new(),
            address: String::new(),
            started_at_ms: 0,
            seen_at_ms,
            limits: String::new(),
            limits_by: String::new(),
            limits_servers: 1,
            requests_in_flight: 0,
            journal_lag_bytes: 0,
        }
    }

    #[test]
    fn a_server_is_as_old_as_its_silence_whatever_its_clock_shows() {
        let mut heard = Heard::default();
        let at = Duration::from_secs;
        let first = [server("a", 1_000_000), server("wrong", 9_000_000_000)];
        let ages = heard.ages(&first, 1_002_000, at(2_000));
        assert_eq!(ages[0], ("a", at(2)));
        let second = [server("a", 1_000_000), server("wrong", 9_000_001_000)];
        let ages = heard.ages(&second, 1_003_000, at(2_001));
        assert_eq!(ages, [("a", at(3)), ("wrong", at(0))]);
        let ages = heard.ages(&second, 1_003_000, at(2_061));
        assert_eq!(ages, [("a", at(63)), ("wrong", at(60))]);
    }
}
