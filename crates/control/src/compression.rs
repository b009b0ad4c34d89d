//! Compression of responses of the management API, by brotli or gzip, as the client prefers.
//!
//! A response that carries a secret is sent as it is: the length of a compressed body tells of what is in it (BREACH), and
//! the client may have had a part of it put there. So is a stream, whose events would wait for each other in the coder.

use axum::response::Response;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, SET_COOKIE};
use tower_http::CompressionLevel;
use tower_http::compression::predicate::{And, SizeAbove};
use tower_http::compression::{CompressionLayer, Predicate};

use crate::api::secret_response::WithoutSecret;

/// Shorter bodies are sent as they are: the head of the response is longer.
const BYTES_MIN: u64 = 1024;
/// Quality of brotli and level of gzip: a response is compressed while somebody waits for it.
const QUALITY: i32 = 4;

/// The layer that compresses.
pub(crate) fn layer() -> CompressionLayer<And<SizeAbove, Compressible>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Precise(QUALITY))
        .compress_when(SizeAbove::new(BYTES_MIN).and(Compressible))
}

/// Texts without a secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compressible;

impl Predicate for Compressible {
    fn should_compress<B>(&self, response: &Response<B>) -> bool {
        let has_secret = response.extensions().get::<WithoutSecret>().is_some();
        !has_secret && !response.headers().contains_key(SET_COOKIE) && is_text(response.headers())
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|value| value.split(';').next());
    media_type.is_some_and(|value| matches!(value.trim(), "application/json" | "text/csv"))
}
