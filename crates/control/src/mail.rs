//! Mails to users: a bounded queue that no request waits for. A email that the server does not take now is tried again
//! over hours, while others pass it. What is in the queue when the process ends is lost; every mail can be asked
//! for again, or tells of what is in the audit log too.

mod address;
mod email;
mod key_words;
mod language;
mod messages;
mod notice_words;
mod queue;
mod smtp_sender;
mod topic;

use std::sync::Arc;

use gateway::metrics::Metrics;
use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::config::MailConfig;

pub(crate) use email::Email;
pub(crate) use language::MailLanguage;
pub(crate) use queue::{OutgoingMails, Queued};
pub(crate) use smtp_sender::{SmtpSendError, SmtpSender};
pub(crate) use topic::{NoticeText, RESET_LINK_MS, Topic};

/// Sign-ups and resets whose response was given and whose mail is being written.
const WRITING_MAX: usize = 64;

/// The queue of mails.
#[derive(Debug)]
pub struct Mail {
    /// Bounded by `places`.
    queue: Option<mpsc::UnboundedSender<Queued>>,
    /// A permit for each email that may be in the queue, tried or not.
    places: Arc<Semaphore>,
    places_max: usize,
    /// Quarantine by the job that sends.
    outgoing: Mutex<OutgoingMails>,
    writing: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

impl Mail {
    /// An empty queue; none where no server is configured.
    pub(crate) fn new(config: &MailConfig, metrics: Arc<Metrics>) -> Self {
        let (queue, outgoing) = mpsc::unbounded_channel();
        Self {
            queue: config.is_on().then_some(queue),
            places: Arc::new(Semaphore::new(config.queue_max)),
            places_max: config.queue_max,
            outgoing: Mutex::new(OutgoingMails::new(outgoing)),
            writing: Arc::new(Semaphore::new(WRITING_MAX)),
            metrics,
        }
    }

    /// Returns whether mails are sent at all.
    pub(crate) fn is_on(&self) -> bool {
        self.queue.is_some()
    }

    /// Leave to write a mail after its request was answered; `None` when too many are being written.
    pub(crate) fn begin_writing(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.writing).try_acquire_owned().ok()
    }

    /// Returns whether no mail is being written for a response that has gone out.
    pub fn is_idle(&self) -> bool {
        self.writing.available_permits() == WRITING_MAX
    }

    /// Has a email sent, where mails are sent and the queue is not full.
    pub(crate) fn send(&self, email: Email) {
        drop(self.send_and_tell(email));
    }

    /// Has a email sent likewise. The receiver is told once it is sent or given up; `None` if it is not in the queue.
    pub(crate) fn send_and_tell(&self, email: Email) -> Option<oneshot::Receiver<()>> {
        let queue = self.queue.as_ref()?;
        let place = Arc::clone(&self.places).try_acquire_owned();
        let queued = place.map(|place| Queued::new(email, place));
        if let Ok((queued, is_done)) = queued
            && queue.send(queued).is_ok()
        {
            return Some(is_done);
        }
        self.metrics.count_mail("refused");
        tracing::error!("a mail is not sent: more than mail.queue_max wait");
        None
    }

    /// The number of emails that wait or are being sent.
    pub fn pending(&self) -> usize {
        self.places_max - self.places.available_permits()
    }

    /// The mails to be sent, for one job at a time.
    pub(crate) async fn outgoing(&self) -> MutexGuard<'_, OutgoingMails> {
        self.outgoing.lock().await
    }
}
