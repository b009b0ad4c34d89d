//! Reading a body piece by piece: within its size, and not slower than it may come.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::time::{Instant, timeout_at};

use super::budget::{BodyBudget, Buffered, Payer, Share};
use super::read::BodyLimits;
use crate::error::ApiError;

/// Bytes of a form beside its file.
const FORM_BYTES: usize = 64 * 1024;

/// A body of which no more is in memory than its reader holds.
#[derive(Debug)]
pub struct BodyPieces {
    body: Body,
    limits: BodyLimits,
    began: Instant,
    received: usize,
    buffered: Buffered,
    held: usize,
}

impl BodyPieces {
    /// A body of which nothing was read.
    ///
    /// # Errors
    /// If it is announced as too large.
    pub(crate) fn new(
        budget: &Arc<BodyBudget>,
        payer: Payer,
        address: Option<Arc<Share>>,
        body: Body,
        limits: BodyLimits,
    ) -> Result<Self, ApiError> {
        if let Some(announced) = body.size_hint().exact() {
            limits.check(usize::try_from(announced).unwrap_or(usize::MAX), FORM_BYTES)?;
        }
        Ok(Self {
            body,
            limits,
            began: Instant::now(),
            received: 0,
            buffered: Buffered::nothing(Arc::clone(budget), payer, address),
            held: 0,
        })
    }

    /// Counts the bytes that the reader holds in memory.
    ///
    /// # Errors
    /// If there is no room for more.
    pub(crate) fn hold(&mut self, bytes: usize) -> Result<(), ApiError> {
        if bytes > self.held {
            self.buffered.add(bytes - self.held)?;
            self.held = bytes;
        }
        Ok(())
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// If the body is too large, too slow or broken.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        while !self.body.is_end_stream() {
            let until = self.limits.next_until(self.began, self.received);
            let frame = match timeout_at(until, self.body.frame()).await {
                Err(_) => return Err(ApiError::body_too_slow()),
                Ok(None) => break,
                Ok(Some(Err(_))) => return Err(ApiError::body_broken()),
                Ok(Some(Ok(frame))) => frame,
            };
            if let Ok(data) = frame.into_data() {
                self.received = self.received.saturating_add(data.len());
                self.limits.check(self.received, FORM_BYTES)?;
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}
