//! Keeps jobs running: a panic is logged, counted, and followed by another beginning.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::metrics::Metrics;

/// The first beginning after a panic is at once: most are due to one odd row. Then pauses double up to the longest.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// After so long without a panic the next one is a first one again.
const STEADY: Duration = Duration::from_secs(300);

/// The importance of a job to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobRole {
    /// Without it requests are served wrongly, or not at all: the server is not ready while it is down.
    Vital,
    /// Housekeeping, which can wait.
    Housekeeping,
}

/// Spawns jobs that are begun again when they panic, and ended together.
#[derive(Debug)]
pub(super) struct Supervisor {
    tasks: TaskTracker,
    stop: CancellationToken,
    metrics: Arc<Metrics>,
    pause_first: Duration,
}

impl Supervisor {
    pub(super) fn new(metrics: &Arc<Metrics>) -> Self {
        Self {
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            metrics: Arc::clone(metrics),
            pause_first: PAUSE_FIRST,
        }
    }

    /// Runs a job until it returns, which it does when it is told to stop or has nothing to do.
    pub(super) fn spawn<F>(
        &self,
        name: &'static str,
        role: JobRole,
        begin: impl Fn(CancellationToken) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stop, metrics) = (self.stop.clone(), Arc::clone(&self.metrics));
        let mut pauses = Pauses::new(self.pause_first);
        self.tasks.spawn(async move {
            loop {
                // A job that begins when the stop is due ends what is left to do, once.
                let is_last = stop.is_cancelled();
                let began_at = Instant::now();
                let job = AssertUnwindSafe(begin(stop.clone())).catch_unwind();
                if job.await.is_ok() {
                    return;
                }
                metrics.count_job_panic(name);
                let pause = pauses.next(began_at.elapsed());
                tracing::error!(
                    job = name,
                    pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                    "a job panicked; it begins again after a pause"
                );
                if is_last {
                    return;
                }
                let _down = (role == JobRole::Vital).then(|| Down::new(&metrics.vital_jobs_down));
                tokio::select! {
                    () = sleep(pause) => {}
                    () = stop.cancelled() => {}
                }
            }
        });
    }

    /// Tells all jobs to stop, and waits until they have.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// The backoff before a job begins again.
#[derive(Debug)]
struct Pauses {
    first: Duration,
    next: Duration,
}

impl Pauses {
    fn new(first: Duration) -> Self {
        Self {
            first,
            next: Duration::ZERO,
        }
    }

    fn next(&mut self, ran: Duration) -> Duration {
        if ran >= STEADY {
            self.next = Duration::ZERO;
        }
        let pause = self.next;
        self.next = (pause * 2).max(self.first).min(PAUSE_MAX);
        pause
    }
}

/// Counts a job as down for as long as it is there.
struct Down(Gauge);

impl Down {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Down {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::watch;

    use super::*;

    fn supervisor(pause_first: Duration) -> Supervisor {
        Supervisor {
            pause_first,
            ..Supervisor::new(&Arc::default())
        }
    }

    #[test]
    fn pauses_grow_to_their_bound_and_begin_anew_after_a_steady_run() {
        let mut pauses = Pauses::new(PAUSE_FIRST);
        let seconds: Vec<u64> = (0..9)
            .map(|_| pauses.next(Duration::ZERO).as_secs())
            .collect();
        assert_eq!(seconds, [0, 1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pauses.next(STEADY), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_job_that_panics_is_counted_and_begins_again() {
        let supervisor = supervisor(Duration::from_millis(1));
        let begun = watch::Sender::new(0);
        let count = begun.clone();
        supervisor.spawn("odd", JobRole::Housekeeping, move |stop| {
            count.send_modify(|count| *count += 1);
            let number = *count.borrow();
            async move {
                assert!(number >= 3, "not yet");
                stop.cancelled().await;
            }
        });
        let _ = begun.subscribe().wait_for(|count| *count == 3).await;
        let metrics = Arc::clone(&supervisor.metrics);
        supervisor.stop().await;
        assert!(
            metrics
                .encode()
                .contains("yunxin_job_panics_total{job=\"odd\"} 2")
        );
        assert_eq!(*begun.borrow(), 3);
    }

    #[tokio::test]
    async fn a_vital_job_is_down_while_it_pauses_and_a_stop_does_not_wait_for_that() {
        let supervisor = supervisor(PAUSE_MAX);
        let begun = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&begun);
        supervisor.spawn("vital", JobRole::Vital, move |stop| {
            count.fetch_add(1, Ordering::Relaxed);
            async move { assert!(stop.is_cancelled(), "panics until the stop") }
        });
        let metrics = Arc::clone(&supervisor.metrics);
        while metrics.vital_jobs_down.get() == 0 || begun.load(Ordering::Relaxed) < 2 {
            tokio::task::yield_now().await;
        }
        supervisor.stop().await;
        assert_eq!(
            begun.load(Ordering::Relaxed),
            3,
            "what was left is done at the stop"
        );
        assert_eq!(metrics.vital_jobs_down.get(), 0);
    }
}
