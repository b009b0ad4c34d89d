//! A credential that ends and is renewed: kept until shortly before its end, asked for by one caller at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::fetch::Fetch;
use super::grant::{Grant, Renewed};

/// A credential is not used for the last part of its life: a call that begins must be able to arrive.
const SLACK: Duration = Duration::from_secs(30);
/// Renewed in the background when this much of its life is left, or a fifth of it where that is less.
const AHEAD: Duration = Duration::from_secs(300);
/// The life of a credential that does not say when it ends.
const LIFETIME: Duration = Duration::from_secs(3_600);
/// Callers are told of a failure for so long, without another try.
const FAILURE_KEPT: Duration = Duration::from_secs(1);

/// The place where a credential is had from, with the one that is in force.
#[derive(Debug)]
pub struct CredentialSource {
    grant: Grant,
    current: ArcSwapOption<Kept>,
    is_renewing: AtomicBool,
    renewed: Notify,
    /// The last failure, and the uptime at which it was seen.
    failure: Mutex<Option<(Duration, String)>>,
}

/// A credential with its life, in uptime.
#[derive(Debug)]
struct Kept {
    value: Arc<Renewed>,
    lifetime: Duration,
    ends_at: Duration,
}

impl Kept {
    fn left(&self, now: Duration) -> Duration {
        self.ends_at.saturating_sub(now)
    }
}

/// The turn of the one caller who renews; ends also where that caller leaves.
struct Turn<'a>(&'a CredentialSource);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.is_renewing.store(false, Ordering::Release);
        self.0.renewed.notify_waiters();
    }
}

impl CredentialSource {
    pub(super) fn new(grant: Grant) -> Self {
        Self {
            grant,
            current: ArcSwapOption::empty(),
            is_renewing: AtomicBool::new(false),
            renewed: Notify::new(),
            failure: Mutex::new(None),
        }
    }

    /// The credential in force; one is asked for if there is none.
    ///
    /// # Errors
    /// If no credential can be had: the reason, in words that hold no secret.
    pub(super) async fn get(&self, fetch: &Fetch) -> Result<Arc<Renewed>, String> {
        loop {
            let now = fetch.uptime();
            if let Some(kept) = &*self.current.load()
                && kept.left(now) > SLACK.min(kept.lifetime / 5)
            {
                return Ok(Arc::clone(&kept.value));
            }
            if let Some(failure) = self.recent_failure(now) {
                return Err(failure);
            }
            let renewed = self.renewed.notified();
            if let Some(turn) = self.turn() {
                return self.renew(turn, fetch).await;
            }
            // Another caller's turn: what comes of it is looked at above.
            if self.is_renewing.load(Ordering::Acquire) {
                renewed.await;
            }
        }
    }

    /// Renews the credential if its end is near, or there is none yet.
    pub(in crate::upstream) async fn renew_if_due(&self, fetch: &Fetch) {
        let now = fetch.uptime();
        let is_due = match &*self.current.load() {
            Some(kept) => kept.left(now) <= AHEAD.min(kept.lifetime / 5),
            None => true,
        };
        if !is_due || self.recent_failure(now).is_some() {
            return;
        }
        if let Some(turn) = self.turn()
            && let Err(error) = self.renew(turn, fetch).await
        {
            tracing::warn!(
                credential = self.grant.name(),
                error,
                "the credential of a provider could not be renewed"
            );
        }
    }

    /// True if a text quotes the credential, or what it is asked for with.
    pub(super) fn is_quoted_by(&self, text: &str) -> bool {
        let current = self.current.load();
        let is_current = current
            .as_ref()
            .is_some_and(|kept| kept.value.is_quoted_by(text));
        is_current || self.grant.is_quoted_by(text)
    }

    fn turn(&self) -> Option<Turn<'_>> {
        let is_free = !self.is_renewing.swap(true, Ordering::AcqRel);
        // Made only where it is free: a turn that is dropped ends the one that runs.
        is_free.then(|| Turn(self))
    }

    async fn renew(&self, _turn: Turn<'_>, fetch: &Fetch) -> Result<Arc<Renewed>, String> {
        match self.grant.renew(fetch).await {
            Ok((value, lifetime)) => {
                let lifetime = lifetime.unwrap_or(LIFETIME);
                let value = Arc::new(value);
                self.current.store(Some(Arc::new(Kept {
                    value: Arc::clone(&value),
                    lifetime,
                    ends_at: fetch.uptime() + lifetime,
                })));
                *self.failure.lock() = None;
                Ok(value)
            }
            Err(error) => {
                *self.failure.lock() = Some((fetch.uptime(), error.clone()));
                Err(error)
            }
        }
    }

    fn recent_failure(&self, now: Duration) -> Option<String> {
        let failure = self.failure.lock();
        let (at, error) = failure.as_ref()?;
        (now.saturating_sub(*at) < FAILURE_KEPT).then(|| error.clone())
    }
}
