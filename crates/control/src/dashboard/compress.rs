//! Pages are filled for each request, so they are compressed here and not when they are built; what was
//! compressed is kept by what it is of.

use std::io::Write;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest as digest_of};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;
use quick_cache::sync::Cache;

/// Compressed texts that are kept: every page in every language, and then some hosts. A text is at most
/// `TEXT_BYTES_MAX` before it is compressed.
const KEPT_MAX: usize = 128;
/// Larger texts are sent as they are.
const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Of a pure function, so there is one for the process.
static KEPT: LazyLock<Cache<[u8; 32], Bytes>> = LazyLock::new(|| Cache::new(KEPT_MAX));

pub(crate) fn digest(text: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest_of(&SHA256, text).as_ref());
    bytes
}

/// The text in an encoding that the client understands.
pub(crate) fn for_client(
    text: Bytes,
    digest: [u8; 32],
    headers: &HeaderMap,
) -> (Bytes, Option<&'static str>) {
    if text.len() > TEXT_BYTES_MAX || !accepts("gzip", headers) {
        return (text, None);
    }
    match KEPT.get_or_insert_with(&digest, || gzip(&text)) {
        Ok(bytes) => (bytes, Some("gzip")),
        Err(_) => (text, None),
    }
}

fn gzip(text: &[u8]) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::default());
    encoder.write_all(text)?;
    Ok(encoder.finish()?.into())
}

/// Returns whether the client takes responses in that encoding.
pub(crate) fn accepts(wanted: &str, headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accepted.split(',').any(|one| {
        one.split(';')
            .next()
            .is_some_and(|one| one.trim() == wanted)
    })
}
