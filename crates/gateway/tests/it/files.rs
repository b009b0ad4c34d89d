//! `/v1/files`: uploads, what is kept of them and for how long, and who may see it.

mod hostile;

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use store::accounts::AccountStatus;

use crate::support::{Caller, TestApp, TestResponse, soon};

const DAY: Duration = Duration::from_secs(86_400);
pub(crate) const LINE: &str =
    r#"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"secret":"Ostrich"}}"#;

/// A form of fields, and a file behind them.
pub(crate) fn form(fields: &[(&str, &str)], name: &str, file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, text) in fields {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n");
        body.extend_from_slice(format!("{head}{text}\r\n").as_bytes());
    }
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    body
}

pub(crate) fn of_form(caller: &Caller) -> Caller {
    caller.with("content-type", "multipart/form-data; boundary=x")
}

pub(crate) async fn upload(caller: &Caller, content: &[u8]) -> TestResponse {
    let body = form(&[("purpose", "batch")], "in.jsonl", content);
    of_form(caller).post("/v1/files", body).await
}

pub(crate) async fn id_of_upload(caller: &Caller, content: &[u8]) -> String {
    let response = upload(caller, content).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["id"].as_str().unwrap().to_owned()
}

/// Awaits a condition that has to be asked for.
pub(crate) async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    soon(what, async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

fn ids(response: &TestResponse) -> Vec<String> {
    let list = response.json();
    let files = list["data"].as_array().unwrap();
    files
        .iter()
        .map(|file| file["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_file_is_uploaded_described_read_and_deleted() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    // Larger than a chunk, so that several are put together.
    let content = format!("{LINE}\n").repeat(10_000);
    let response = upload(&caller, content.as_bytes()).await;
    assert_eq!(response.header("x-ratelimit-resource"), Some("files"));
    let made = response.json();
    let now_s = app.now_ms() / 1_000;
    let expected = json!({
        "id": made["id"], "object": "file", "bytes": content.len(), "created_at": now_s, "expires_at": now_s + 30 * 86_400,
        "filename": "in.jsonl", "purpose": "batch", "status": "processed"
    });
    assert_eq!(made, expected);
    let path = format!("/v1/files/{}", made["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.json(), expected);
    let read = caller.get(&format!("{path}/content")).await;
    assert_eq!(
        read.number("content-length"),
        u64::try_from(content.len()).unwrap()
    );
    assert!(read.text() == content);
    let deleted = caller.delete(&path).await.json();
    assert_eq!(
        deleted,
        json!({ "id": made["id"], "object": "file", "deleted": true })
    );
    for path in [&path, &format!("{path}/content")] {
        assert_eq!(caller.get(path).await.status, 404);
    }
    assert_eq!(caller.delete(&path).await.status, 404);
}

#[tokio::test]
async fn nothing_of_a_file_is_on_the_disk_in_the_clear() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let body = form(&[("purpose", "batch")], "Emu.jsonl", LINE.as_bytes());
    assert_eq!(of_form(&caller).post("/v1/files", body).await.status, 200);
    app.execute("PRAGMA wal_checkpoint(FULL)").await;
    let mut seen = 0;
    for entry in std::fs::read_dir(app.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            seen += bytes.len();
            for word in ["Ostrich", "Emu", "custom_id"] {
                let is_there = bytes
                    .windows(word.len())
                    .any(|part| part == word.as_bytes());
                assert!(!is_there, "{word} is in {}", path.display());
            }
        }
    }
    assert!(seen > LINE.len());
}

#[tokio::test]
async fn files_are_listed_page_by_page_in_either_order() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let mut made = vec![];
    for _ in 0..3 {
        made.push(id_of_upload(&caller, LINE.as_bytes()).await);
    }
    let first = caller.get("/v1/files?limit=2&order=asc").await;
    assert_eq!(ids(&first), made[..2]);
    let facts = |list: &Value| {
        [
            &list["object"],
            &list["first_id"],
            &list["last_id"],
            &list["has_more"],
        ]
        .map(Clone::clone)
    };
    let expected = [json!("list"), json!(made[0]), json!(made[1]), json!(true)];
    assert_eq!(facts(&first.json()), expected);
    let rest = caller
        .get(&format!("/v1/files?limit=2&order=asc&after={}", made[1]))
        .await;
    assert_eq!(
        (ids(&rest), rest.json()["has_more"].clone()),
        (made[2..].to_vec(), json!(false))
    );
    let newest: Vec<String> = made.iter().rev().cloned().collect();
    assert_eq!(ids(&caller.get("/v1/files?purpose=batch").await), newest);
    for (query, count) in [("purpose=vision", 0), ("purpose=batch_output", 0)] {
        assert_eq!(
            ids(&caller.get(&format!("/v1/files?{query}")).await).len(),
            count
        );
    }
    for query in ["limit=0", "limit=10001", "order=up", "after=x"] {
        assert_eq!(
            caller.get(&format!("/v1/files?{query}")).await.status,
            400,
            "{query}"
        );
    }
}

#[tokio::test]
async fn another_account_sees_no_file_and_deletes_none() {
    let app = TestApp::new().await;
    let (owner, other) = (app.key("enterprise").await, app.key("enterprise").await);
    let id = id_of_upload(&owner, LINE.as_bytes()).await;
    let path = format!("/v1/files/{id}");
    for path in [&path, &format!("{path}/content")] {
        assert_eq!(other.get(path).await.code(), "not_found");
        assert_eq!(app.anonymous().get(path).await.status, 401);
    }
    assert_eq!(other.delete(&path).await.status, 404);
    assert!(ids(&other.get("/v1/files").await).is_empty());
    assert_eq!(owner.get(&path).await.status, 200);
}

#[tokio::test]
async fn an_account_keeps_so_many_files_of_so_many_bytes_and_has_its_room_back() {
    let bytes = LINE.len();
    let app = TestApp::builder()
        .set("files.per_account_max", 3)
        .set("files.bytes_per_account_max", 2 * bytes)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let kept = id_of_upload(&caller, LINE.as_bytes()).await;
    id_of_upload(&caller, LINE.as_bytes()).await;
    let full = upload(&caller, b"{}").await;
    assert_eq!(
        (full.status, full.code().as_str()),
        (403, "file_storage_full")
    );
    // Another account has room of its own.
    id_of_upload(&app.key("enterprise").await, LINE.as_bytes()).await;
    assert_eq!(
        caller.delete(&format!("/v1/files/{kept}")).await.status,
        200
    );
    eventually("room for one", async || {
        upload(&caller, b"{}").await.status == 200
    })
    .await;
    assert_eq!(upload(&caller, b"{}").await.status, 200, "the third file");
    let full = upload(&caller, b"{}").await;
    assert_eq!(full.code(), "file_storage_full", "three files are there");
}

#[tokio::test]
async fn a_file_ends_with_its_time_and_its_content_is_swept() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let fields = [
        ("purpose", "batch"),
        ("expires_after[anchor]", "created_at"),
        ("expires_after[seconds]", "86400"),
    ];
    let body = form(&fields, "a.jsonl", LINE.as_bytes());
    let made = of_form(&caller).post("/v1/files", body).await.json();
    assert_eq!(made["expires_at"], app.now_ms() / 1_000 + 86_400);
    let path = format!("/v1/files/{}", made["id"].as_str().unwrap());
    app.advance(DAY).await;
    assert_eq!(caller.get(&path).await.status, 404);
    assert!(ids(&caller.get("/v1/files").await).is_empty());
    // A start sweeps at once.
    let app = app.restart().await;
    let left = async || {
        let count = "SELECT (SELECT COUNT(*) FROM files) + (SELECT COUNT(*) FROM file_chunks)";
        let left: i64 = sqlx::query_scalar(count)
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
        left == 0
    };
    eventually("the sweep", left).await;
}

#[tokio::test]
async fn an_upload_counts_as_a_request_of_its_key() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let limit = upload(&caller, LINE.as_bytes())
        .await
        .number("x-ratelimit-limit");
    let mut last = 200;
    for _ in 0..limit {
        last = upload(&caller, LINE.as_bytes()).await.status;
    }
    assert_eq!(last, 429);
    // Reads are not counted, and still come.
    assert_eq!(caller.get("/v1/files").await.status, 200);
}

#[tokio::test]
async fn a_suspended_account_has_no_files() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let id = id_of_upload(&caller, LINE.as_bytes()).await;
    app.set_status(&caller.account, AccountStatus::Suspended)
        .await;
    for response in [
        caller.get("/v1/files").await,
        caller.get(&format!("/v1/files/{id}/content")).await,
        upload(&caller, LINE.as_bytes()).await,
    ] {
        assert_eq!(response.code(), "account_suspended");
    }
}

/// Fields, content, the code and a part of the words of the refusal.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [u8], &'a str, &'a str);

#[tokio::test]
async fn an_upload_says_what_is_wrong_with_it() {
    let app = TestApp::builder()
        .set("files.line_bytes_max", 1_000)
        .start()
        .await;
    let caller = of_form(&app.key("enterprise").await);
    let long = format!("{LINE}\n{{\"a\":\"{}\"}}", "b".repeat(1_000));
    let batch = [("purpose", "batch")];
    let cases: [Case<'_>; 10] = [
        (&batch, b"", "invalid_file", "nothing in it"),
        (&batch, b"\n \n", "invalid_file", "nothing in it"),
        (
            &batch,
            b"{}\n{\"a\":\n",
            "invalid_file",
            "line 2 is not JSON",
        ),
        (
            &batch,
            b"[1]",
            "invalid_file",
            "line 1 is not a JSON object",
        ),
        (
            &batch,
            b"\x89PNG\r\n",
            "invalid_file",
            "line 1 is not UTF-8",
        ),
        (
            &batch,
            long.as_bytes(),
            "invalid_file",
            "line 2 is longer than 1000 bytes",
        ),
        (&[], b"{}", "missing_parameter", "purpose"),
        (
            &[("purpose", "vision")],
            b"{}",
            "invalid_parameter",
            "batch",
        ),
        (
            &[("purpose", "batch"), ("expires_after[seconds]", "3600")],
            b"{}",
            "invalid_parameter",
            "both",
        ),
        (
            &[("purpose", "batch"), ("colour", "red")],
            b"{}",
            "unknown_parameter",
            "colour",
        ),
    ];
    for (fields, file, code, words) in cases {
        let response = caller.post("/v1/files", form(fields, "a", file)).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (400, code),
            "{}",
            response.text()
        );
        assert!(
            response.text().contains(words),
            "{words}: {}",
            response.text()
        );
    }
    let none = caller
        .post(
            "/v1/files",
            "--x\r\nContent-Disposition: form-data; name=purpose\r\n\r\nbatch\r\n--x--\r\n",
        )
        .await;
    assert_eq!(
        (none.status, none.json()["error"]["param"].as_str()),
        (400, Some("file"))
    );
    assert!(
        ids(&caller.get("/v1/files").await).is_empty(),
        "nothing is kept of what was refused"
    );
    let other = caller.open(Method::PUT, "/v1/files", "").await;
    assert_eq!(other.status(), 405);
}
