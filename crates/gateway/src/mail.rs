//! Mails to users: a bounded queue that no request waits for. What is in it when the process ends is lost;
//! every mail can be asked for again, or tells of what is in the audit log too.

mod key_words;
mod letter;
mod post;
mod words;

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit, Semaphore, mpsc};

use crate::config::MailConfig;
use crate::telemetry::Metrics;

pub use letter::{Letter, Topic};
pub use post::{Post, PostError};
pub use words::Language;

/// Sign-ups and resets whose answer was given and whose mail is being written.
const WRITING_MAX: usize = 64;

/// The queue of mails.
#[derive(Debug)]
pub struct Mail {
    queue: Option<mpsc::Sender<Letter>>,
    /// Held by the job that sends.
    outgoing: Mutex<mpsc::Receiver<Letter>>,
    writing: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl Mail {
    /// An empty queue; none where no server is configured.
    pub fn new(config: &MailConfig, metrics: Arc<Metrics>) -> Self {
        let (queue, outgoing) = mpsc::channel(config.queue_max);
        Self {
            queue: config.is_on().then_some(queue),
            outgoing: Mutex::new(outgoing),
            writing: Arc::new(Semaphore::new(WRITING_MAX)),
            metrics,
        }
    }

    /// Whether mails are sent at all.
    pub fn is_on(&self) -> bool {
        self.queue.is_some()
    }

    /// Leave to write a mail after its request was answered; `None` when too many are being written.
    pub fn begin_writing(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.writing).try_acquire_owned().ok()
    }

    /// Whether no mail is being written for somebody who has their answer.
    pub fn is_idle(&self) -> bool {
        self.writing.available_permits() == WRITING_MAX
    }

    /// Has a letter sent, where mails are sent and the queue is not full.
    pub fn send(&self, letter: Letter) {
        let Some(queue) = &self.queue else { return };
        if queue.try_send(letter).is_err() {
            self.metrics.count_mail("refused");
            tracing::error!("a mail is not sent: more than mail.queue_max wait");
        }
    }

    /// How many letters wait.
    pub fn pending(&self) -> usize {
        let queue = self.queue.as_ref();
        queue.map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// What is to be sent, for one job at a time.
    pub async fn outgoing(&self) -> MutexGuard<'_, mpsc::Receiver<Letter>> {
        self.outgoing.lock().await
    }
}
