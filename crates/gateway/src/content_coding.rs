//! Content codings (RFC 9110, section 8.4): request bodies that clients compress.
//!
//! The limit of a body holds for what comes out of it. Decoding goes in steps with a pause for other tasks after each:
//! a few bytes can stand for megabytes, and the thread serves other connections too.

mod inflate;

use std::io::Read;

use bytes::{Buf, Bytes};
use flate2::bufread::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use crate::error::ApiError;
use inflate::Inflate;

/// Codings on top of each other that are taken off; no client needs a second.
const LAYERS_MAX: usize = 2;
/// Bytes that are decoded before the task yields.
const STEP_BYTES: usize = 64 * 1024;
/// Binary logarithm of the largest window of Zstandard: 8 MiB, which is what RFC 9659 lets a content coding ask for.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// Magic number of a Zstandard frame. Some clients compress without the header; no JSON begins like this.
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Magic number of a gzip member.
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b, 0x08];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Zstd,
}

/// The content codings of a body, in the order in which they were applied.
#[derive(Debug, Default)]
pub struct ContentCoding(Vec<Coding>);

impl ContentCoding {
    /// Parses the `Content-Encoding` headers. Names are case-insensitive; `identity` and empty elements are ignored.
    ///
    /// # Errors
    /// If a coding is unknown, or there are more than `LAYERS_MAX`.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut layers = vec![];
        for value in headers.get_all(CONTENT_ENCODING) {
            let names = value.to_str().map_err(|_| ApiError::encoded_body())?;
            for name in names.split(',').map(str::trim) {
                layers.extend(Coding::named(name)?);
            }
        }
        if layers.len() > LAYERS_MAX {
            return Err(ApiError::encoded_body());
        }
        Ok(Self(layers))
    }

    /// True if the headers name no coding.
    pub(crate) fn is_identity(&self) -> bool {
        self.0.is_empty()
    }

    /// True if there is nothing to decode: the headers name no coding, and the body does not look like one.
    pub(crate) fn leaves(&self, body: &[u8]) -> bool {
        self.is_identity() && Coding::by_magic(body).is_none()
    }

    /// Decodes the body.
    ///
    /// # Errors
    /// If it is truncated or corrupt, or if `check` refuses: it sees what has come out after each step, and how much of it
    /// is new, and is what stops a decompression bomb.
    pub(crate) async fn decode(
        mut self,
        body: Bytes,
        mut check: impl FnMut(&[u8], usize) -> Result<(), ApiError>,
    ) -> Result<Bytes, ApiError> {
        if self.0.is_empty() {
            self.0.extend(Coding::by_magic(&body));
        }
        let mut body = body;
        for coding in self.0.into_iter().rev() {
            body = decode(coding, body, &mut check).await?;
        }
        Ok(body)
    }
}

impl Coding {
    fn named(name: &str) -> Result<Option<Self>, ApiError> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if name.is_empty() || is("identity") {
            Ok(None)
        } else if is("gzip") || is("x-gzip") {
            Ok(Some(Self::Gzip))
        } else if is("deflate") {
            Ok(Some(Self::Deflate))
        } else if is("zstd") {
            Ok(Some(Self::Zstd))
        } else {
            Err(ApiError::encoded_body())
        }
    }

    fn by_magic(body: &[u8]) -> Option<Self> {
        if body.starts_with(ZSTD_MAGIC) {
            Some(Self::Zstd)
        } else if body.starts_with(GZIP_MAGIC) {
            Some(Self::Gzip)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
        }
    }

    fn reader(self, body: Bytes) -> std::io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(body.reader())),
            Self::Deflate => Box::new(Inflate::new(body)),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(body.reader())?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
        })
    }
}

async fn decode(
    coding: Coding,
    body: Bytes,
    check: &mut impl FnMut(&[u8], usize) -> Result<(), ApiError>,
) -> Result<Bytes, ApiError> {
    let broken = |_| ApiError::broken_encoding(coding.name());
    if body.is_empty() {
        return Err(ApiError::broken_encoding(coding.name()));
    }
    let mut reader = coding.reader(body).map_err(ApiError::internal)?;
    let mut decoded = Vec::new();
    loop {
        let mut part = reader.by_ref().take(STEP_BYTES as u64);
        let read = part.read_to_end(&mut decoded).map_err(broken)?;
        check(&decoded, read)?;
        if read < STEP_BYTES {
            return Ok(decoded.into());
        }
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests;
