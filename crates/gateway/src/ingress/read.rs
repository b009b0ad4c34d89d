//! Reading a body: within its size, within the budget, and not slower than it may come.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use memchr::memmem;
use parking_lot::Mutex;
use tokio::time::{Instant, timeout_at};

use super::budget::{BodyBudget, Buffered, Payer, Share};
use crate::config::ServerConfig;
use crate::content_coding::ContentCoding;
use crate::error::ApiError;
use crate::limited_body::LimitedBody;

/// Marks of images and sound in a JSON body.
const MEDIA: [&[u8]; 2] = [b";base64,", b"\"input_audio\""];

/// A number of bytes, and the setting that says it, for the words of a refusal.
#[derive(Debug, Clone, Copy)]
struct BytesMax {
    bytes: usize,
    setting: Option<&'static str>,
}

/// Bounds of one body: its size, its pace, its time.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    text: BytesMax,
    /// The bound for a body with media in it.
    media: BytesMax,
    idle: Duration,
    bytes_per_second_min: u64,
    deadline: Instant,
}

impl BodyLimits {
    /// For an operation whose size no setting says.
    pub fn fixed(config: &ServerConfig, bytes: usize, deadline: Instant) -> Self {
        let setting = None;
        Self::of(config, BytesMax { bytes, setting }, deadline)
    }

    /// For an operation of the data plane.
    pub fn of_text(config: &ServerConfig, deadline: Instant) -> Self {
        let text = BytesMax {
            bytes: config.body_bytes_max,
            setting: Some("server.body_bytes_max"),
        };
        Self::of(config, text, deadline)
    }

    /// For a file, which is read piece by piece from a form.
    pub fn of_file(config: &ServerConfig, bytes: usize, deadline: Instant) -> Self {
        let setting = Some("files.bytes_max");
        Self::of(config, BytesMax { bytes, setting }, deadline)
    }

    /// The refusal of a form of more bytes than its file may have, and `form_bytes` besides.
    pub(super) fn check(&self, bytes: usize, form_bytes: usize) -> Result<(), ApiError> {
        if bytes > self.media.bytes.saturating_add(form_bytes) {
            return Err(too_large(self.media));
        }
        Ok(())
    }

    /// The bound for an operation whose bodies may carry media.
    #[must_use]
    pub fn or_media(self, config: &ServerConfig) -> Self {
        let media = BytesMax {
            bytes: config.media_body_bytes_max,
            setting: Some("server.media_body_bytes_max"),
        };
        if media.bytes > self.text.bytes {
            Self { media, ..self }
        } else {
            self
        }
    }

    fn of(config: &ServerConfig, max: BytesMax, deadline: Instant) -> Self {
        Self {
            text: max,
            media: max,
            idle: Duration::from_millis(config.body_idle_timeout_ms),
            bytes_per_second_min: config.body_bytes_per_second_min,
            deadline,
        }
    }

    /// Until when the next bytes must come. A body may pause as long as an idle one, once; then its rate counts, so
    /// that a byte now and then does not keep a place.
    pub(super) fn next_until(&self, began: Instant, received: usize) -> Instant {
        let until = (Instant::now() + self.idle).min(self.deadline);
        let received = u64::try_from(received).unwrap_or(u64::MAX);
        let earned_ms = received
            .saturating_mul(1000)
            .checked_div(self.bytes_per_second_min);
        match earned_ms.and_then(|ms| (began + self.idle).checked_add(Duration::from_millis(ms))) {
            Some(by_rate) => until.min(by_rate),
            None => until,
        }
    }
}

/// A body that was read. Its bytes count in the budget until it is dropped.
#[derive(Debug)]
pub struct BufferedBody {
    bytes: Bytes,
    buffered: Buffered,
}

impl BufferedBody {
    /// Counts so many bytes more, which the body is about to get.
    ///
    /// # Errors
    /// If there is no room for them.
    pub fn make_room(&mut self, bytes: usize) -> Result<(), ApiError> {
        self.buffered.add(bytes)
    }

    /// The body with other bytes in its place, about as many.
    #[must_use]
    pub fn replaced(self, bytes: Bytes) -> Self {
        Self { bytes, ..self }
    }

    /// Room for what the request brings along besides.
    pub fn room_beside(&self) -> RoomBeside {
        RoomBeside(Mutex::new(self.buffered.another()))
    }
}

/// Bytes that a request brings along besides its body. They count for the same ones until they are dropped.
#[derive(Debug)]
pub struct RoomBeside(Mutex<Buffered>);

impl RoomBeside {
    /// Counts bytes that have arrived.
    ///
    /// # Errors
    /// If there is no room for them.
    pub fn take(&self, bytes: usize) -> Result<(), ApiError> {
        self.0.lock().add(bytes)
    }
}

impl Deref for BufferedBody {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.bytes
    }
}

/// Reads a body whole, and decodes it if `coding` names a content coding.
///
/// # Errors
/// If it is too large, too slow, broken, or there is no room for it. What is known before the first byte is refused
/// before the client is asked for one.
pub(crate) async fn read(
    budget: &Arc<BodyBudget>,
    payer: Payer,
    address: Option<Arc<Share>>,
    mut body: Body,
    coding: Option<ContentCoding>,
    limits: &BodyLimits,
) -> Result<BufferedBody, ApiError> {
    let announced = body.size_hint().exact();
    let announced = announced.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    if announced.is_some_and(|length| length > limits.media.bytes) {
        return Err(too_large(limits.media));
    }
    let announced = announced.unwrap_or_default();
    let mut buffered = Buffered::nothing(Arc::clone(budget), payer, address);
    buffered.check_room(announced)?;
    // What a compressed body holds is seen when it is decoded.
    let is_compressed = coding.as_ref().is_some_and(|coding| !coding.is_identity());
    let mut max = if is_compressed {
        limits.media
    } else {
        limits.text
    };
    let mut limited = LimitedBody::up_to(limits.media.bytes, announced);
    let began = Instant::now();
    while !body.is_end_stream() {
        let until = limits.next_until(began, limited.len());
        let frame = match timeout_at(until, body.frame()).await {
            Err(_) => return Err(ApiError::body_too_slow()),
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(ApiError::body_broken()),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        buffered.add(data.len())?;
        if limited.len() + data.len() > max.bytes {
            if max.bytes < limits.media.bytes && (has_media(limited.so_far()) || has_media(&data)) {
                max = limits.media;
            }
            if limited.len() + data.len() > max.bytes {
                return Err(too_large(max));
            }
        }
        limited.add(data);
    }
    let bytes = limited.finish();
    match coding.filter(|coding| !coding.leaves(&bytes)) {
        // Boxed, so that a body that is not compressed does not carry its decoding.
        Some(coding) => Box::pin(decode(bytes, buffered, coding, limits)).await,
        None => Ok(BufferedBody { bytes, buffered }),
    }
}

/// Decodes a body. What comes out counts as it comes, and the limits hold for it.
async fn decode(
    encoded: Bytes,
    mut buffered: Buffered,
    coding: ContentCoding,
    limits: &BodyLimits,
) -> Result<BufferedBody, ApiError> {
    let mut max = limits.text;
    let check = |so_far: &[u8], new: usize| {
        buffered.add(new)?;
        if so_far.len() > max.bytes && max.bytes < limits.media.bytes && has_media(so_far) {
            max = limits.media;
        }
        if so_far.len() > max.bytes {
            return Err(ApiError::decoded_body_too_large(max.bytes, max.setting));
        }
        Ok(())
    };
    let bytes = coding.decode(encoded, check).await?;
    buffered.shrink_to(bytes.len());
    Ok(BufferedBody { bytes, buffered })
}

fn has_media(bytes: &[u8]) -> bool {
    MEDIA.iter().any(|mark| memmem::find(bytes, mark).is_some())
}

fn too_large(max: BytesMax) -> ApiError {
    ApiError::body_too_large(max.bytes, max.setting)
}
