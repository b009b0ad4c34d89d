//! A stream whose provider sends a chunk when the client has the one before: none is read together with another, however
//! slow the subject is.

use std::time::Duration;

use anyhow::Result;
use tokio::sync::Semaphore;

use super::streams::Events;
use super::{Connection, Target};
use crate::prompt::{self, Pace};
use crate::provider::Provider;

/// Asks for one stream of so many chunks.
///
/// # Errors
/// If it fails or ends early.
pub(crate) async fn stream(target: &Target, steps: &Semaphore, chunks: u32) -> Result<()> {
    // The provider goes by the steps; a pace is part of the phrase.
    let gap = Duration::from_millis(1);
    let pace = Pace { words: chunks, gap };
    let body = prompt::streamed(Provider::InStep, pace);
    let mut events = Events::default();
    let mut connection = Connection::open(target).await?;
    let read = |data: &[u8]| {
        events.read(data);
        steps.add_permits(1);
    };
    let read = connection.exchange(target, &body, read).await;
    steps.forget_permits(Semaphore::MAX_PERMITS);
    read?;
    events.check(chunks)
}
