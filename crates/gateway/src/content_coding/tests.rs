use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use proptest::prelude::*;

use super::ContentCoding;
use crate::error::ApiError;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(vec![], Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(vec![], Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn bare(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(vec![], Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 3).unwrap()
}

fn decoded(name: &str, body: Vec<u8>, bytes_max: usize) -> Result<Bytes, ApiError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_ENCODING, name.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let coding = ContentCoding::of(&headers)?;
    let check = |so_far: &[u8], _| {
        if so_far.len() > bytes_max {
            return Err(ApiError::decoded_body_too_large(bytes_max, None));
        }
        Ok(())
    };
    runtime.unwrap().block_on(coding.decode(body.into(), check))
}

type Encode = fn(&[u8]) -> Vec<u8>;
const ALL: [(&str, Encode); 4] = [
    ("gzip", gzip),
    ("deflate", zlib),
    ("deflate", bare),
    ("zstd", zstd),
];

proptest! {
    #[test]
    fn what_was_encoded_comes_out_and_its_beginning_never_does(
        text in proptest::collection::vec(any::<u8>(), 1..5_000), cut in 0_usize..100
    ) {
        for (name, encode) in ALL {
            let body = encode(&text);
            prop_assert_eq!(decoded(name, body.clone(), text.len()).unwrap(), &text);
            prop_assert_eq!(decoded(name, body.clone(), text.len() - 1).unwrap_err().code(), "request_too_large");
            let part = body[..body.len() * cut / 100].to_vec();
            let error = decoded(name, part, 1 << 20).unwrap_err();
            prop_assert_eq!(error.code(), "invalid_request_body_encoding");
        }
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        for (name, _) in ALL {
            let _ = decoded(name, body.clone(), 10_000);
        }
    }
}

#[test]
fn codings_on_top_of_each_other_are_taken_off_in_turn() {
    assert_eq!(
        decoded("gzip, ZSTD", zstd(&gzip(b"{}")), 100).unwrap(),
        "{}"
    );
    assert_eq!(
        decoded("Identity, x-gzip,", gzip(b"{}"), 100).unwrap(),
        "{}"
    );
    let error = decoded("gzip, gzip, gzip", vec![], 10).unwrap_err();
    assert_eq!(error.status(), 415);
}

#[test]
fn a_window_that_no_content_coding_may_have_is_refused() {
    let mut encoder = zstd::Encoder::new(vec![], 1).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(b"{}").unwrap();
    let error = decoded("zstd", encoder.finish().unwrap(), 1 << 20).unwrap_err();
    assert_eq!(error.code(), "invalid_request_body_encoding");
}

#[test]
fn parts_of_gzip_and_frames_of_zstandard_follow_each_other() {
    for (name, encode) in [("gzip", gzip as Encode), ("zstd", zstd)] {
        let body = [encode(b"{\"a\":"), encode(b"1}")].concat();
        assert_eq!(decoded(name, body, 100).unwrap(), "{\"a\":1}");
    }
}
