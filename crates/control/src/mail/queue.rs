//! The queue: emails that nobody has tried to send yet, and emails that wait for their next try.

use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::Email;

/// The pause after the first try; each further one is three times as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const PAUSE_FACTOR: u32 = 3;
const PAUSE_MAX: Duration = Duration::from_secs(3_600);
/// Pauses differ by up to this part of theirs (jitter), so that what failed together is not tried together.
const JITTER: f64 = 0.25;

/// A email with its place in the queue, which it keeps until it is sent or given up.
#[derive(Debug)]
pub(crate) struct Queued {
    pub email: Email,
    pub attempts: u32,
    /// The times of the first attempt and of the next, on the uptime clock.
    first_at: Duration,
    due_at: Duration,
    done: oneshot::Sender<()>,
    _place: OwnedSemaphorePermit,
}

/// The queue that the sending job works on.
#[derive(Debug)]
pub(crate) struct OutgoingMails {
    fresh: mpsc::UnboundedReceiver<Queued>,
    waiting: Vec<Queued>,
}

impl Queued {
    /// An email to be sent, and the receiver that is told when that is done.
    pub(super) fn new(email: Email, place: OwnedSemaphorePermit) -> (Self, oneshot::Receiver<()>) {
        let (done, is_done) = oneshot::channel();
        let queued = Self {
            email,
            attempts: 0,
            first_at: Duration::ZERO,
            due_at: Duration::ZERO,
            done,
            _place: place,
        };
        (queued, is_done)
    }

    /// Tells that it is sent, or given up: nothing more is done for it.
    pub(crate) fn finish(self) {
        // For most mails nobody waits for that.
        self.done.send(()).unwrap_or_default();
    }

    /// Notes that it is tried now.
    pub(crate) fn begin_attempt(&mut self, now: Duration) {
        if self.attempts == 0 {
            self.first_at = now;
        }
        self.attempts += 1;
    }

    /// Puts the next try off by exponential backoff, and returns the pause; `None` when that would be later than
    /// `give_up_after` the first one.
    pub(crate) fn put_off(&mut self, now: Duration, give_up_after: Duration) -> Option<Duration> {
        let factor = PAUSE_FACTOR.saturating_pow(self.attempts.saturating_sub(1));
        let pause = FIRST_PAUSE.saturating_mul(factor).min(PAUSE_MAX);
        let pause = pause.mul_f64(1.0 + JITTER * random_sign());
        self.due_at = now + pause;
        (self.due_at <= self.first_at + give_up_after).then_some(pause)
    }
}

impl OutgoingMails {
    pub(super) fn new(fresh: mpsc::UnboundedReceiver<Queued>) -> Self {
        Self {
            fresh,
            waiting: vec![],
        }
    }

    /// The next email that was not tried yet.
    pub(crate) async fn next_fresh(&mut self) -> Option<Queued> {
        self.fresh.recv().await
    }

    /// The email whose next try has been due for longest.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<Queued> {
        let due = self.waiting.iter().enumerate();
        let due = due.filter(|(_, queued)| queued.due_at <= now);
        let (at, _) = due.min_by_key(|(_, queued)| queued.due_at)?;
        Some(self.waiting.swap_remove(at))
    }

    /// Any email that is not being sent, for a server that stops: those not tried yet first.
    pub(crate) fn take_any(&mut self) -> Option<Queued> {
        self.fresh.try_recv().ok().or_else(|| self.waiting.pop())
    }

    pub(crate) fn wait(&mut self, queued: Queued) {
        self.waiting.push(queued);
    }

    pub(crate) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

/// A number from -1 to 1; 0 where the system has no randomness to give, which only takes the jitter away.
fn random_sign() -> f64 {
    let mut bytes = [0; 2];
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => f64::from(i16::from_le_bytes(bytes)) / f64::from(i16::MAX),
        Err(_) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::{Semaphore, mpsc};

    use super::{OutgoingMails, PAUSE_MAX, Queued};
    use crate::mail::{Email, MailLanguage, Topic};

    fn queued() -> Queued {
        let email = Email {
            to: "ann@example.com".to_owned(),
            language: MailLanguage::English,
            topic: Topic::SignUpInvite {
                link: String::new(),
            },
        };
        let place = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        Queued::new(email, place).0
    }

    #[test]
    fn pauses_grow_from_seconds_to_an_hour_and_end_with_the_last_day() {
        let (mut queued, mut now) = (queued(), Duration::from_secs(1_000));
        let mut pauses = vec![];
        loop {
            queued.begin_attempt(now);
            let Some(pause) = queued.put_off(now, Duration::from_secs(86_400)) else {
                break;
            };
            pauses.push(pause);
            now += pause;
        }
        for (pause, seconds) in pauses.iter().zip([5.0, 15.0, 45.0, 135.0, 405.0, 1_215.0]) {
            let ratio = pause.as_secs_f64() / seconds;
            assert!((0.74..=1.26).contains(&ratio), "{pauses:?}");
        }
        assert!(pauses.len() > 20, "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= PAUSE_MAX.mul_f64(1.26)));
    }

    #[test]
    fn what_has_been_due_for_longest_comes_first() {
        let (_sender, receiver) = mpsc::unbounded_channel();
        let mut outgoing = OutgoingMails::new(receiver);
        for attempts in [3, 1, 2] {
            let mut one = queued();
            one.attempts = attempts;
            one.put_off(Duration::ZERO, Duration::from_secs(600))
                .unwrap();
            outgoing.wait(one);
        }
        assert!(outgoing.take_due(Duration::from_secs(1)).is_none());
        let later = Duration::from_secs(100);
        let order = std::iter::from_fn(|| outgoing.take_due(later).map(|one| one.attempts));
        assert_eq!(order.collect::<Vec<_>>(), [1, 2, 3]);
        assert!(!outgoing.has_waiting());
    }
}
