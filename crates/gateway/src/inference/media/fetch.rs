//! Fetching the media of a request.

use futures_util::{FutureExt, StreamExt, stream};
use llm::chat::{FetchedMedia, WantedMedia};
use llm::media::media_type_of;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::super::Admitted;
use super::RequestMedia;
use crate::egress_client::{Download, DownloadBounds, DownloadError};
use crate::error::ApiError;
use crate::ingress::RoomBeside;
use crate::state::Gateway;

/// Files of one request that are fetched at the same time.
const AT_ONCE: usize = 4;
/// The longest URL that a refusal repeats, in characters.
const SHOWN_CHARS_MAX: usize = 200;

impl RequestMedia {
    /// Fetches what is not here yet.
    pub(super) async fn fetch_all(
        &mut self,
        app: &Gateway,
        admitted: &Admitted,
        wanted: &[WantedMedia],
    ) -> Result<(), ApiError> {
        let is_new = |media: &&WantedMedia| !self.fetched.contains_key(&media.url);
        let missing: Vec<&WantedMedia> = wanted.iter().filter(is_new).collect();
        let config = &app.config.media;
        if self.fetched.len() + missing.len() > config.items_max {
            return Err(ApiError::too_many_media(config.items_max));
        }
        let until = self.until.get_or_insert_with(|| {
            let until = Instant::now() + config.timeout();
            until.min(admitted.deadline)
        });
        let room = self.room.get_or_insert_with(|| admitted.body.room_beside());
        let one = Fetch {
            app,
            room,
            until: *until,
            bytes: Mutex::new(self.bytes),
        };
        let fetches: Vec<_> = missing
            .into_iter()
            .map(|media| one.run(media).boxed())
            .collect();
        let done: Vec<_> = stream::iter(fetches)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        self.bytes = one.bytes.into_inner();
        self.fetched.extend(done);
        let found = wanted
            .iter()
            .filter_map(|media| self.fetched.get(&media.url));
        found.into_iter().try_for_each(|found| match found {
            Ok(_) => Ok(()),
            Err(error) => Err(error.clone()),
        })
    }
}

/// The fetching of several files of a request.
struct Fetch<'a> {
    app: &'a Gateway,
    room: &'a RoomBeside,
    until: Instant,
    /// Bytes of all files so far.
    bytes: Mutex<usize>,
}

impl Fetch<'_> {
    async fn run(&self, media: &WantedMedia) -> (String, Result<FetchedMedia, ApiError>) {
        let fetched = self.fetch(media).await;
        let outcome = if fetched.is_ok() { "fetched" } else { "failed" };
        self.app.metrics.count_media(outcome);
        (media.url.clone(), fetched)
    }

    async fn fetch(&self, media: &WantedMedia) -> Result<FetchedMedia, ApiError> {
        let config = &self.app.config.media;
        let refused = Mutex::new(None);
        let take = |bytes: usize| {
            self.take(bytes)
                .map_err(|error| *refused.lock() = Some(error))
        };
        let bounds = DownloadBounds {
            bytes_max: config.bytes_per_item_max,
            redirects_max: config.redirects_max,
            until: self.until,
            take: &|bytes| take(bytes).is_ok(),
        };
        let downloaded = self.app.media_client.download(&media.url, &bounds).await;
        let refused = refused.into_inner();
        let download = downloaded.map_err(|error| match (error, refused) {
            (DownloadError::NoRoom, Some(error)) => error,
            (DownloadError::Busy, _) => ApiError::busy(),
            (error, _) => refusal(media, &error.to_string()),
        })?;
        fetched(media, &download)
    }

    /// Takes memory for bytes that arrived, and as much again as base64 adds.
    fn take(&self, bytes: usize) -> Result<(), ApiError> {
        let bytes_max = self.app.config.media.bytes_max;
        let mut so_far = self.bytes.lock();
        *so_far = so_far.saturating_add(bytes);
        if *so_far > bytes_max {
            let why = format!("they are larger than {bytes_max} bytes together (media.bytes_max)");
            return Err(ApiError::invalid_media("The files of the request", &why));
        }
        self.room.take(bytes + bytes / 3 + 1)
    }
}

/// The media that a file is, by its content.
fn fetched(media: &WantedMedia, download: &Download) -> Result<FetchedMedia, ApiError> {
    let found = media_type_of(&download.bytes, download.declared.as_deref());
    let Some(found) = found else {
        return Err(refusal(media, "its content is of no known type"));
    };
    if !media.kind.takes(&found) {
        let why = format!("its content is {found}");
        return Err(refusal(media, &why));
    }
    Ok(FetchedMedia::new(found, &download.bytes))
}

fn refusal(media: &WantedMedia, why: &str) -> ApiError {
    let shown: String = media.url.chars().take(SHOWN_CHARS_MAX).collect();
    let what = format!("The {} at {shown}", media.kind.noun());
    ApiError::invalid_media(&what, why)
}
