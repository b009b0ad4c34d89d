//! Waiting for a seat, bounded, and leaving the queue when the client does.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::super::queue::Place;
use super::super::shed::{Shed, ShedReason};
use super::seat::Seat;
use super::state::Granted;
use super::{Pool, Ticket};

/// A place in the queue of a pool; dropping it leaves the queue.
pub(super) struct Waiting<'a> {
    pool: &'a Arc<Pool>,
    place: Place,
    receiver: oneshot::Receiver<Granted>,
    began: Instant,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(
        pool: &'a Arc<Pool>,
        place: Place,
        receiver: oneshot::Receiver<Granted>,
    ) -> Self {
        Self {
            pool,
            place,
            receiver,
            began: Instant::now(),
        }
    }

    /// Waits as long as the level and the client let it.
    pub(super) async fn wait(mut self, ticket: &Ticket<'_>) -> Result<Seat, Shed> {
        let longest = self.began + ticket.level.wait();
        let until = ticket.until.map_or(longest, |until| until.min(longest));
        let reason = match timeout_at(until, &mut self.receiver).await {
            Ok(Ok(seat)) => return Ok(self.granted(seat)),
            // The sender was dropped: another request took the place.
            Ok(Err(_)) => ShedReason::Displaced,
            Err(_) => {
                // A seat that was sent in the same moment is taken.
                self.receiver.close();
                if let Ok(seat) = self.receiver.try_recv() {
                    return Ok(self.granted(seat));
                }
                if until < longest {
                    ShedReason::DeadlineExceeded
                } else {
                    ShedReason::WaitExceeded
                }
            }
        };
        Err(self.pool.shed(self.place.level, reason))
    }

    fn granted(&self, mut seat: Seat) -> Seat {
        let waited = self.began.elapsed();
        seat.waited = Some(waited);
        let mut state = self.pool.state.lock();
        state.level_mut(self.place.level).note_wait(waited);
        seat
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.pool.state.lock().leave_queue(&self.place);
    }
}
