//! Bodies that clients compress: taken off within the limits of a body, or refused with words.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};

use crate::support::client::gzip;
use crate::support::{TestApp, chat};

fn zlib(text: &[u8]) -> Bytes {
    let mut encoder = ZlibEncoder::new(vec![], Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap().into()
}

fn bare(text: &[u8]) -> Bytes {
    let mut encoder = DeflateEncoder::new(vec![], Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap().into()
}

fn zstd(text: &[u8]) -> Bytes {
    zstd::encode_all(text, 3).unwrap().into()
}

#[tokio::test]
async fn a_compressed_body_reaches_the_provider_as_it_was() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let text = chat("plain", r#","user":"somebody""#);
    let body = text.as_bytes();
    for (coding, sent) in [
        ("identity", Bytes::from(text.clone())),
        ("Identity", Bytes::from(text.clone())),
        ("", Bytes::from(text.clone())),
        ("identity, identity", Bytes::from(text.clone())),
        ("gzip", gzip(body)),
        ("X-GZIP", gzip(body)),
        ("gzip, identity", gzip(body)),
        ("deflate", zlib(body)),
        ("deflate", bare(body)),
        ("zstd", zstd(body)),
        ("gzip,zstd", zstd(&gzip(body))),
        // Not everybody says what they did.
        ("identity", zstd(body)),
        ("", gzip(body)),
    ] {
        let response = caller.with("content-encoding", coding).chat(sent).await;
        assert_eq!(response.status, 200, "{coding}: {}", response.text());
        let seen = app.stub.requests().pop().unwrap();
        assert_eq!(seen.json()["user"], "somebody", "{coding}");
        assert!(!seen.head.to_lowercase().contains("content-encoding"));
    }
    assert_eq!(caller.chat(zstd(body)).await.status, 200);
    let embedding = zstd(br#"{"model":"embed","input":"somebody"}"#);
    caller
        .with("content-encoding", "zstd")
        .post("/v1/embeddings", embedding)
        .await;
    assert_eq!(app.stub.last().json()["input"], "somebody");
    let minted = caller
        .with("content-encoding", "gzip")
        .with("content-type", "application/json")
        .post(
            "/v1/client_tokens",
            gzip(br#"{"models":["plain"],"minutes":1,"allowed_origins":[]}"#),
        )
        .await;
    assert_eq!(minted.status, 200, "{}", minted.text());
}

#[tokio::test]
async fn the_limit_of_a_body_holds_for_what_comes_out_of_it() {
    let app = TestApp::builder()
        .set("server.body_bytes_max", 100_000)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let fits = chat("plain", &format!(r#","x":"{}""#, "0".repeat(99_000)));
    let bomb = chat("plain", &format!(r#","x":"{}""#, "0".repeat(60_000_000)));
    for (coding, encode) in [
        ("gzip", gzip as fn(&[u8]) -> Bytes),
        ("deflate", zlib),
        ("zstd", zstd),
    ] {
        let caller = caller.with("content-encoding", coding);
        assert_eq!(
            caller.chat(encode(fits.as_bytes())).await.status,
            200,
            "{coding}"
        );
        let bomb = encode(bomb.as_bytes());
        assert!(bomb.len() < 100_000);
        let response = caller.chat(bomb).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (413, "request_too_large"),
            "{coding}"
        );
        assert!(
            response.text().contains("server.body_bytes_max"),
            "{}",
            response.text()
        );
    }
    let nested = gzip(&gzip(bomb.as_bytes()));
    assert_eq!(
        caller
            .with("content-encoding", "gzip, gzip")
            .chat(nested)
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn what_is_cut_off_damaged_or_encoded_in_another_way_is_told_so() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let text = chat("plain", "");
    let body = text.as_bytes();
    let cut = |bytes: Bytes| bytes.slice(..bytes.len() - 3);
    let mut damaged = gzip(body).to_vec();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    for (coding, sent) in [
        ("gzip", cut(gzip(body))),
        ("gzip", damaged.into()),
        ("gzip", zstd(body)),
        ("gzip", Bytes::from(text.clone())),
        ("gzip", Bytes::new()),
        ("deflate", cut(zlib(body))),
        ("deflate", cut(bare(body))),
        ("zstd", cut(zstd(body))),
        ("zstd", Bytes::from(text.clone())),
        (
            "gzip",
            [gzip(body), Bytes::from_static(b"more")].concat().into(),
        ),
    ] {
        let response = caller.with("content-encoding", coding).chat(sent).await;
        let code = response.code();
        assert_eq!(
            (response.status, code.as_str()),
            (400, "invalid_request_body_encoding"),
            "{coding}"
        );
        assert!(
            response.text().contains(coding) && response.header("x-should-retry") == Some("false")
        );
    }
    for coding in ["br", "compress", "gzip, br", "gzip, gzip, gzip", "nonsense"] {
        let response = caller
            .with("content-encoding", coding)
            .chat(text.clone())
            .await;
        let code = response.code();
        assert_eq!(
            (response.status, code.as_str()),
            (415, "unsupported_content_encoding"),
            "{coding}"
        );
        assert_eq!(
            response.header("accept-encoding"),
            Some("gzip, deflate, zstd, identity")
        );
    }
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn a_large_body_leaves_others_their_turn_while_it_is_decoded() {
    // One thread: what holds it holds everybody.
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let large = chat("plain", &format!(r#","x":"{}""#, "0".repeat(4_000_000)));
    let compressed = caller.with("content-encoding", "zstd");
    let running = tokio::spawn(async move { compressed.chat(zstd(large.as_bytes())).await });
    crate::support::until("the large request", || app.app.metrics.in_flight.get() > 0).await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    assert_eq!(running.await.unwrap().status, 200);
}
