//! Writing a request into the journal: before it is sent, and while its response streams.

use super::settle::Settlement;
use crate::error::ApiError;
use crate::journal::Durable;

impl Settlement {
    /// Writes down the attempt that is about to be made.
    ///
    /// # Errors
    /// If the journal cannot be written: nothing must be sent that would not be accounted for.
    pub(super) fn journal_attempt(&mut self) -> Result<(), ApiError> {
        let Some(event) = self.if_the_server_crashed() else {
            return Ok(());
        };
        if let Some(mut open) = self.journaled.open.take() {
            self.journal().progress(&mut open, &event);
            self.journaled.open = Some(open);
            return Ok(());
        }
        let admitted = self.journal().admit(&event);
        let open = admitted.map_err(|error| ApiError::unavailable(anyhow::Error::from(error)))?;
        self.journaled.open = Some(open);
        self.journaled.durable = Some(self.journal().durable());
        Ok(())
    }

    /// Writes down now and then what was delivered, so that a crash is settled at that.
    pub(super) fn journal_delivered(&mut self) {
        let (bytes, now_us) = (self.text_bytes(), self.elapsed_us());
        if !self.journaled.is_due(bytes, now_us) {
            return;
        }
        let Some(mut open) = self.journaled.open.take() else {
            return;
        };
        if let Some(event) = self.if_the_server_crashed() {
            self.journal().progress(&mut open, &event);
        }
        self.journaled.open = Some(open);
    }

    /// The moment from which on the client may have the bytes that follow, if it has to be waited for.
    pub(super) fn take_durable(&mut self) -> Option<Durable> {
        self.journaled.durable.take()
    }
}
