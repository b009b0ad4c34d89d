//! Uploads that would take more than they may.

use super::{LINE, eventually, form, of_form, upload};
use crate::support::client::gzip;
use crate::support::{Caller, RawClient, TestApp};

const PART: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";

/// The head of an upload.
fn head(caller: &Caller, more: &str) -> String {
    let secret = &caller.secret;
    format!(
        "POST /v1/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\ncontent-type: multipart/form-data; boundary=x\r\n{more}\r\n"
    )
}

#[tokio::test]
async fn a_file_beyond_its_size_is_refused_when_it_is_announced_and_when_it_comes() {
    let app = TestApp::builder()
        .set("files.bytes_max", 1_000)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let fits = format!("{LINE}\n").repeat(1_000 / (LINE.len() + 1));
    assert_eq!(upload(&caller, fits.as_bytes()).await.status, 200);
    for bytes in [1_001, 200_000] {
        let response = upload(&caller, " ".repeat(bytes).as_bytes()).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (413, "request_too_large")
        );
        assert!(response.text().contains("files.bytes_max"));
    }
}

#[tokio::test]
async fn an_upload_without_end_is_cut_off_and_leaves_nothing() {
    let app = TestApp::builder()
        .set("files.bytes_max", 100_000)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let mut client = RawClient::connect(&app).await;
    let head = head(&caller, "transfer-encoding: chunked\r\n");
    client.send(head).await;
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    client.send(chunk(PART)).await;
    let line = chunk(&format!("{LINE}\n").repeat(100));
    for _ in 0..=100_000 / line.len() {
        client.send(&line).await;
    }
    let response = client.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (413, "request_too_large")
    );
    eventually("no file", async || kept(&app).await == (0, 0)).await;
}

/// Files that are not deleted, and what the account holds.
async fn kept(app: &TestApp) -> (i64, i64) {
    let sql = "SELECT (SELECT COUNT(*) FROM files WHERE state <> 'deleted'),
                      (SELECT COALESCE(SUM(bytes + files), 0) FROM file_holdings)";
    sqlx::query_as(sql)
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_upload_that_comes_too_slowly_or_breaks_off_is_ended_and_leaves_nothing() {
    let app = TestApp::builder()
        .set("server.body_idle_timeout_ms", 200)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let head = head(&caller, "content-length: 1000\r\n");
    let mut slow = RawClient::connect(&app).await;
    slow.send(format!("{head}{PART}{LINE}")).await;
    assert_eq!(slow.response().await.status, 408);
    eventually("no file", async || kept(&app).await == (0, 0)).await;
    let mut gone = RawClient::connect(&app).await;
    gone.send(format!("{head}{PART}{LINE}")).await;
    eventually("the upload that runs", async || kept(&app).await.0 == 1).await;
    drop(gone);
    eventually("no file", async || kept(&app).await == (0, 0)).await;
}

#[tokio::test]
async fn a_form_that_lies_about_its_boundary_or_its_end_is_refused() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let body = form(&[("purpose", "batch")], "a", LINE.as_bytes());
    for content_type in [
        "multipart/form-data; boundary=y",
        "multipart/form-data",
        "application/json",
        "text/plain; boundary=x",
    ] {
        let response = caller
            .with("content-type", content_type)
            .post("/v1/files", body.clone())
            .await;
        assert_eq!(response.status, 400, "{content_type}");
    }
    let cut = &body[..body.len() - 6];
    let response = of_form(&caller).post("/v1/files", cut.to_vec()).await;
    assert_eq!(response.code(), "request_incomplete");
    let twice = [&body[..body.len() - 4], b"\r\n", &form(&[], "b", b"{}")].concat();
    let response = of_form(&caller).post("/v1/files", twice).await;
    assert_eq!(response.code(), "invalid_file");
    let many = form(&[("purpose", "batch"); 70], "a", b"{}");
    assert_eq!(of_form(&caller).post("/v1/files", many).await.status, 400);
    eventually("no file", async || kept(&app).await == (0, 0)).await;
}

#[tokio::test]
async fn a_compressed_upload_is_refused_before_it_is_read() {
    let app = TestApp::new().await;
    let caller = of_form(&app.key("enterprise").await).with("content-encoding", "gzip");
    let bomb = gzip(&form(&[("purpose", "batch")], "a", &vec![b' '; 1_000_000]));
    let response = caller.post("/v1/files", bomb).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (415, "unsupported_content_encoding")
    );
}

#[tokio::test]
async fn an_account_has_so_many_uploads_at_the_same_time() {
    let app = TestApp::builder()
        .set("files.uploads_per_account_max", 1)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let head = head(&caller, "content-length: 1000\r\n");
    let mut first = RawClient::connect(&app).await;
    first.send(format!("{head}{PART}{LINE}")).await;
    eventually("the upload that runs", async || kept(&app).await.0 == 1).await;
    assert_eq!(upload(&caller, LINE.as_bytes()).await.status, 429);
    assert_eq!(
        upload(&app.key("enterprise").await, LINE.as_bytes())
            .await
            .status,
        200
    );
    drop(first);
    eventually("the place of the one that is gone", async || {
        upload(&caller, LINE.as_bytes()).await.status == 200
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_ends_its_upload() {
    let app = TestApp::builder().system_clock().start().await;
    let caller = app.key("enterprise").await;
    let head = head(&caller, "content-length: 1000\r\n");
    let mut running = RawClient::connect(&app).await;
    running.send(format!("{head}{PART}{LINE}")).await;
    eventually("the upload that runs", async || kept(&app).await.0 == 1).await;
    app.revoke(&caller).await;
    let response = running.response().await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (403, "key_revoked")
    );
    eventually("no file", async || kept(&app).await == (0, 0)).await;
}
