//! The media of a request, for deployments that take bytes alone: what stands at URLs is fetched, once whatever is
//! attempted, and what came as bytes is looked at (`docs/decisions/0074`).

mod fetch;
mod inline;

use std::collections::HashMap;

use bytes::Bytes;
use llm::chat::{FetchedMedia, Request, body_with_media};
use memchr::memmem;
use tokio::time::Instant;

use super::Admitted;
use super::attempt::Attempt;
use crate::error::ApiError;
use crate::ingress::RoomBeside;
use crate::state::Gateway;

/// The media of one request.
#[derive(Debug, Default)]
pub(super) struct RequestMedia {
    fetched: HashMap<String, Result<FetchedMedia, ApiError>>,
    /// The memory of what was fetched.
    room: Option<RoomBeside>,
    /// Bytes that were fetched.
    bytes: usize,
    /// The end of the time for all of them.
    until: Option<Instant>,
}

impl RequestMedia {
    /// Brings the media of a conversation that is translated.
    ///
    /// # Errors
    /// If one of them cannot be used.
    pub(super) async fn bring(
        &mut self,
        app: &Gateway,
        (admitted, attempt): (&Admitted, &Attempt),
        conversation: &mut Request,
    ) -> Result<(), ApiError> {
        inline::check(&app.config.media, conversation)?;
        let wanted = conversation.wanted_media(attempt.by_bytes());
        if wanted.is_empty() {
            return Ok(());
        }
        self.fetch_all(app, admitted, &wanted).await?;
        conversation.inline_media(&|url| self.found(url));
        Ok(())
    }

    /// The body of a request that passes, with its media in it, where the deployment takes bytes alone; `None` for one
    /// that passes as it is.
    ///
    /// # Errors
    /// If one of them cannot be used.
    pub(super) async fn bring_into(
        &mut self,
        app: &Gateway,
        (admitted, attempt): (&Admitted, &Attempt),
        body: &Bytes,
    ) -> Result<Option<Bytes>, ApiError> {
        let by_bytes = attempt.by_bytes();
        if by_bytes.is_none() || !may_have_media(body) {
            return Ok(None);
        }
        // What cannot be read the provider will refuse.
        let Ok(mut read) = admitted.surface.client.read_request(body) else {
            return Ok(None);
        };
        inline::check(&app.config.media, &mut read)?;
        let wanted = read.wanted_media(by_bytes);
        if wanted.is_empty() {
            return Ok(None);
        }
        self.fetch_all(app, admitted, &wanted).await?;
        let written = body_with_media(body, &|url| self.found(url));
        Ok(written.map(Bytes::from))
    }

    fn found(&self, url: &str) -> Option<FetchedMedia> {
        self.fetched.get(url)?.as_ref().ok().cloned()
    }
}

/// Marks of media in a body. A slash may be written with a backslash before it.
const MARKS: [&[u8]; 4] = [b":/", br":\/", b";base64,", b"\"input_audio\""];

fn may_have_media(body: &[u8]) -> bool {
    let mut marks = MARKS.iter();
    marks.any(|mark| memmem::find(body, mark).is_some())
}
