//! Sends what is in the queue of mails, one after the other.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::app::AppState;
use crate::mail::{Letter, Post, PostError};

/// Pauses before a mail that the server did not take is tried again.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(20),
];
/// How long a server that stops goes on sending what waits.
const LAST_WAIT: Duration = Duration::from_secs(5);

pub(super) async fn run(app: AppState, post: Arc<Post>, stop: CancellationToken) {
    // Held as long as this runs; when it panics, the next run goes on with what waits.
    let mut outgoing = app.mail.outgoing().await;
    loop {
        tokio::select! {
            letter = outgoing.recv() => match letter {
                Some(letter) => send(&app, &post, &letter, &stop).await,
                None => return,
            },
            () = stop.cancelled() => break,
        }
    }
    let rest = async {
        while let Ok(letter) = outgoing.try_recv() {
            send(&app, &post, &letter, &stop).await;
        }
    };
    if timeout(LAST_WAIT, rest).await.is_err() {
        tracing::warn!("stopped before every mail was sent");
    }
}

async fn send(app: &AppState, post: &Post, letter: &Letter, stop: &CancellationToken) {
    let mut pauses = PAUSES.iter();
    loop {
        let error = match post.hand_over(letter, app.clock.now_ms()).await {
            Ok(()) => return app.metrics.count_mail("sent"),
            Err(error) => error,
        };
        let is_worth_it = matches!(error, PostError::Later(_)) && !stop.is_cancelled();
        let Some(pause) = pauses.next().filter(|_| is_worth_it) else {
            app.metrics.count_mail("failed");
            tracing::error!(
                error = error.to_string(),
                smtp.code = error.smtp_code(),
                "a mail is not sent"
            );
            return;
        };
        tokio::select! {
            () = tokio::time::sleep(*pause) => {}
            () = stop.cancelled() => {}
        }
    }
}
