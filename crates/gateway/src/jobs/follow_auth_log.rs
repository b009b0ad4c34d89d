//! Applies changes of rights, reports them, and by that keeps the lease. See `docs/decisions/0004`.

use std::time::Duration;

use store::audit_log::Actor;
use store::auth_log::{self, AuthChange, Renewal};
use store::limit_sharing::LimitSharing;
use store::{StoreError, api_keys};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::share_limits;
use crate::catalog::CatalogError;
use crate::data_folder::FolderClaim;
use crate::state::GatewayState;

/// A lease is renewed this many times before it would run out.
const RENEWALS_PER_LEASE: u32 = 5;

/// Enters this process among the replicas and catches up, so that what it serves with is of now.
pub(super) async fn begin(app: &GatewayState) -> Result<(), StoreError> {
    take_over(app).await?;
    fence(app).await;
    record(app).await;
    register(app, app.catalog.seq).await?;
    follow(app, true).await.map(drop)
}

/// Takes away again what was taken since the backup from which the database was restored, if it was.
async fn fence(app: &GatewayState) {
    let Some(record) = &app.rights_record else {
        return;
    };
    let fenced = async {
        let Some(behind) = record.find_behind(&app.db).await? else {
            return Ok(());
        };
        let actor = Actor {
            kind: "system",
            id: "restore_fence".to_owned(),
            label: "restore fence".to_owned(),
            address: None,
        };
        let fenced = behind.enforce(&app.db, &actor, app.clock.now_ms()).await?;
        tracing::warn!(
            rights = fenced.rights,
            links = fenced.links,
            "the database is older than the record of revocations beside it: it was restored from a backup; what was revoked since is revoked again"
        );
        Ok::<_, anyhow::Error>(())
    };
    if let Err(error) = fenced.await {
        tracing::error!(
            error = format!("{error:#}"),
            "cannot compare the database with the record of revocations beside it; `yunxin restore-fence` says more"
        );
    }
}

async fn record(app: &GatewayState) {
    if let Some(record) = &app.rights_record {
        record.catch_up(&app.db).await;
    }
}

/// Signs off for the process that lived in our data folder before: it is dead, and nobody need wait for its lease.
async fn take_over(app: &GatewayState) -> Result<(), StoreError> {
    let former = app
        .process
        .claim
        .lock()
        .as_ref()
        .and_then(FolderClaim::former_replica)
        .map(str::to_owned);
    if let Some(former) = former {
        auth_log::deregister(&app.db, &former).await?;
    }
    let settled = app
        .process
        .claim
        .lock()
        .as_mut()
        .map(|claim| claim.settle(&app.process.replica_id));
    if let Some(Err(error)) = settled {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "cannot write to the data folder; if this process is killed, the next revocation waits for its lease"
        );
    }
    Ok(())
}

/// Enters with nothing cached and a catalogue that is at least as new as line `seq`. The lease begins only
/// when the lines after it are applied.
async fn register(app: &GatewayState, seq: i64) -> Result<(), StoreError> {
    let lease_ms = i64::try_from(app.config.auth.lease_ms).unwrap_or(i64::MAX);
    auth_log::register(
        &app.db,
        &app.process.replica_id,
        seq,
        lease_ms,
        app.clock.now_ms(),
    )
    .await?;
    app.keys.restart_at(seq);
    app.keys.announce_applied();
    Ok(())
}

pub(super) async fn run(app: GatewayState, stop: CancellationToken) {
    let poll = Duration::from_millis(app.config.auth.poll_ms);
    let renewal = Duration::from_millis(app.config.auth.lease_ms) / RENEWALS_PER_LEASE;
    let lease = Duration::from_millis(app.config.auth.lease_ms);
    let mut renewed_at = app.clock.uptime();
    let mut looked_at = Instant::now();
    let mut reported_seq = app.keys.applied_seq();
    let mut is_failing = false;
    while !stop.is_cancelled() {
        let has_own = tokio::select! {
            () = app.keys.own_changes() => true,
            () = tokio::time::sleep(poll) => false,
            () = stop.cancelled() => return,
        };
        let is_due = app.clock.uptime() >= renewed_at + renewal;
        let looks = is_due || !has_own || looked_at.elapsed() >= poll;
        let followed = timeout(lease, async {
            if has_own {
                catch_up(&app).await?;
            }
            if !looks {
                return Ok(None);
            }
            // Lines of other authors may have come along with our own, and those authors wait for the report.
            let is_due = is_due || app.keys.applied_seq() != reported_seq;
            follow(&app, is_due).await
        });
        let followed = followed.await;
        if looks {
            looked_at = Instant::now();
        }
        match followed.unwrap_or(Err(StoreError::TimedOut)) {
            // Also what was applied and could not be read anew at once: it is read when it is used.
            Ok(None) => app.keys.announce_applied(),
            Ok(Some(at)) => {
                renewed_at = at;
                reported_seq = app.keys.applied_seq();
                is_failing = false;
            }
            Err(error) if is_failing => tracing::debug!(
                error = &error as &dyn std::error::Error,
                "auth log still unreachable"
            ),
            Err(error) => {
                is_failing = true;
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "cannot follow the auth log; cached keys are used until the lease ends"
                );
            }
        }
    }
}

/// Applies what is new without a report: the author is in this process and needs none, and a report is a write that
/// the author's next change would wait for. The next look reports it, for authors elsewhere whose lines came along.
async fn catch_up(app: &GatewayState) -> Result<(), StoreError> {
    for (seq, change) in auth_log::lines_after(&app.db, app.keys.applied_seq()).await? {
        apply(app, seq, &change).await?;
    }
    Ok(())
}

/// Looks for news; renews the lease when there are some or when it is due. Returns when it was renewed.
async fn follow(app: &GatewayState, is_due: bool) -> Result<Option<Duration>, StoreError> {
    if !is_due && auth_log::head(&app.db).await? == app.keys.applied_seq() {
        return Ok(None);
    }
    loop {
        // Counted from before the renewal is sent: the response may be old when it arrives.
        let sent_at = app.clock.uptime();
        let applied = app.keys.applied_seq();
        match auth_log::renew(
            &app.db,
            &app.process.replica_id,
            applied,
            app.clock.now_ms(),
        )
        .await?
        {
            Renewal::Evicted => {
                tracing::warn!("evicted from the replicas; beginning afresh");
                fence(app).await;
                // In this order: whoever waits for us counts on what we register with.
                let seq = auth_log::head(&app.db).await?;
                reload_catalog(app).await?;
                share_limits::catch_up(app).await?;
                register(app, seq).await?;
            }
            Renewal::Lines(lines) if lines.is_empty() => {
                app.keys.renewed(sent_at);
                return Ok(Some(sent_at));
            }
            // Applied first, reported by the next turn: whoever waits may count on the report.
            Renewal::Lines(lines) => {
                for (seq, change) in lines {
                    apply(app, seq, &change).await?;
                }
            }
        }
    }
}

async fn apply(app: &GatewayState, seq: i64, change: &AuthChange) -> Result<(), StoreError> {
    match change {
        AuthChange::ApiKey(id) => {
            let digests = api_keys::list_digests(&app.db, id).await?;
            app.keys.purge_digests(seq, &digests);
            app.keys.prefetch(&digests).await?;
        }
        AuthChange::Account(id) => app.keys.purge_account(seq, id),
        AuthChange::Unknown => {
            reload_catalog(app).await?;
            app.keys.restart_at(seq);
        }
        AuthChange::Catalog => {
            reload_catalog(app).await?;
            app.keys.skip_line(seq);
        }
        AuthChange::Limits(epoch) => {
            let epoch = epoch.clone();
            share_limits::turn_to(app, LimitSharing { seq, epoch }).await?;
            app.keys.skip_line(seq);
        }
        // Read when they are needed, and never cached.
        AuthChange::User(_)
        | AuthChange::Password(_)
        | AuthChange::Sessions(_)
        | AuthChange::ManagementKey(_)
        | AuthChange::Member(..) => app.keys.skip_line(seq),
    }
    // Before it is reported or announced, and so before the author of the change is answered.
    record(app).await;
    app.keys.announce_applied();
    Ok(())
}

/// Reloads the catalogue. An author who waits must not be told that we know what we could not read. A mistake in
/// the catalogue is another matter: the last good one stays.
async fn reload_catalog(app: &GatewayState) -> Result<(), StoreError> {
    match app.reload_catalog().await {
        Err(CatalogError::Store(error)) => return Err(error),
        Err(error) => tracing::error!(
            error = format!("{error:#}"),
            "the catalogue is refused; the last good one stays"
        ),
        Ok(()) => {}
    }
    Ok(())
}
