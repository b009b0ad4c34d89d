//! Sends what is in the queue of mails. Each mail has a time of its own for its next try: one that the server puts off
//! (greylisting) holds up no other.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::mail::{OutgoingMails, Queued, SmtpSendError, SmtpSender};
use crate::state::{Control, ControlState};

/// The interval of looking for mails that are due again, while any waits.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The time that a stopping server goes on sending what waits.
const LAST_WAIT: Duration = Duration::from_secs(5);

type SentMail = (Queued, Result<(), SmtpSendError>);

/// Mails that are being handed over: for the first time, and again. Each has places of its own, so that what the
/// server puts off or is slow with does not take those of new mails.
#[derive(Debug, Default)]
struct Lanes {
    first: usize,
    again: usize,
}

impl Lanes {
    /// The one that a mail is in which was tried so often.
    fn of(&mut self, attempts: u32) -> &mut usize {
        if attempts <= 1 {
            &mut self.first
        } else {
            &mut self.again
        }
    }
}

pub(super) async fn run(app: ControlState, post: Arc<SmtpSender>, stop: CancellationToken) {
    // Quarantine as long as this runs; when it panics, the next run goes on with what waits.
    let mut outgoing = app.mail.outgoing().await;
    let places = app.config.mail.connections_max;
    let (mut lanes, mut sending) = (Lanes::default(), FuturesUnordered::new());
    loop {
        while lanes.again < places
            && let Some(queued) = outgoing.take_due(app.clock.uptime())
        {
            lanes.again += 1;
            sending.push(send(&app, &post, queued));
        }
        tokio::select! {
            () = stop.cancelled() => break,
            Some(sent) = sending.next() => {
                *lanes.of(sent.0.attempts) -= 1;
                settle(&app, &mut outgoing, sent);
            }
            Some(queued) = outgoing.next_fresh(), if lanes.first < places => {
                lanes.first += 1;
                sending.push(send(&app, &post, queued));
            }
            () = tokio::time::sleep(LOOK_EVERY), if outgoing.has_waiting() => {}
        }
    }
    let rest = async {
        loop {
            while sending.len() < places
                && let Some(queued) = outgoing.take_any()
            {
                sending.push(send(&app, &post, queued));
            }
            match sending.next().await {
                Some((queued, Ok(()))) => sent(&app, queued),
                Some((queued, Err(error))) => give_up(&app, queued, &error),
                None => return,
            }
        }
    };
    if timeout(LAST_WAIT, rest).await.is_err() {
        let left = app.mail.pending();
        tracing::warn!(mails = left, "stopped before every mail was sent");
    }
}

async fn send(app: &Control, post: &SmtpSender, mut queued: Queued) -> SentMail {
    queued.begin_attempt(app.clock.uptime());
    let result = post.hand_over(&queued.email, app.clock.now_ms()).await;
    (queued, result)
}

fn settle(app: &Control, outgoing: &mut OutgoingMails, (mut queued, result): SentMail) {
    let error = match result {
        Ok(()) => return sent(app, queued),
        Err(error) => error,
    };
    let useful_for = queued.email.topic.useful_for();
    let give_up_after = app.config.mail.give_up_after().min(useful_for);
    let pause = match error {
        SmtpSendError::Later(_) => queued.put_off(app.clock.uptime(), give_up_after),
        SmtpSendError::Never(_) | SmtpSendError::Unwritable(_) => None,
    };
    let Some(pause) = pause else {
        return give_up(app, queued, &error);
    };
    app.gateway.metrics.count_mail("put_off");
    tracing::warn!(
        mail.topic = queued.email.topic.name(),
        mail.attempts = queued.attempts,
        retry_after_s = pause.as_secs(),
        smtp.code = error.smtp_code(),
        error = error.causes(&queued.email.to),
        "a mail is put off"
    );
    outgoing.wait(queued);
}

fn sent(app: &Control, queued: Queued) {
    app.gateway.metrics.count_mail("sent");
    queued.finish();
}

fn give_up(app: &Control, queued: Queued, error: &SmtpSendError) {
    app.gateway.metrics.count_mail("failed");
    tracing::error!(
        mail.topic = queued.email.topic.name(),
        mail.attempts = queued.attempts,
        smtp.code = error.smtp_code(),
        error = error.causes(&queued.email.to),
        "a mail is not sent"
    );
    queued.finish();
}
