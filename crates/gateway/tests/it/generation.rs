//! The receipt of a request by its id, as clients of OpenRouter ask for it.

use crate::support::{TestApp, chat};

#[tokio::test]
async fn a_key_reads_the_receipt_of_its_own_request_right_after_it() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let response = caller.chat(chat("plain", "")).await;
    let id = response.header("x-request-id").unwrap().to_owned();
    let path = format!("/v1/generation?id={id}");
    let receipt = caller.get(&path).await;
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    let data = &receipt.json()["data"];
    assert_eq!(data["id"], id);
    assert_eq!(
        (&data["model"], &data["provider_name"]),
        (&"plain".into(), &"first".into())
    );
    assert_eq!(
        (
            data["tokens_prompt"].as_u64(),
            data["tokens_completion"].as_u64()
        ),
        (Some(11), Some(3))
    );
    assert_eq!(data["finish_reason"], "stop");
    assert_eq!(
        (data["streamed"].as_bool(), data["cancelled"].as_bool()),
        (Some(false), Some(false))
    );
    assert_eq!(data["total_cost"], 0);
    assert_eq!(data["created_at"].as_str().unwrap().len(), 20, "{data}");
    let other = app.new_key("enterprise").of_account(&caller.account);
    let other = other.make().await;
    assert_eq!(other.get(&path).await.status, 404, "of another key");
    let stranger = app.key("free").await;
    assert_eq!(stranger.get(&path).await.status, 404);
    for wrong in [
        "/v1/generation",
        "/v1/generation?id=gen-1",
        "/v1/generation?id=req_",
    ] {
        assert_eq!(caller.get(wrong).await.status, 400, "{wrong}");
    }
}
