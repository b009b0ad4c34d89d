//! Clients which go away, and a sandbox which is stopped.

use http_body_util::BodyExt;

use crate::support::{PATIENCE, TestSandbox, prompt};

#[tokio::test]
async fn a_client_which_leaves_a_stream_is_counted_as_cancelled() {
    let sandbox = TestSandbox::start().await;
    let mut open = sandbox.open_chat("wps=1 words=1000").await;
    open.body.frame().await.unwrap().unwrap();
    assert_eq!(sandbox.until("open", 1).await["cancelled"], 0);
    drop(open);
    let stats = sandbox.until("cancelled", 1).await;
    assert_eq!(stats["open"], 0);
    assert_eq!(stats["completed"], 0);
    assert_eq!(stats["chunks_sent"], 1);
}

#[tokio::test]
async fn a_client_which_leaves_before_the_response_is_counted_as_cancelled() {
    let sandbox = TestSandbox::start().await;
    for (left, directives) in (1..).zip(["fault=hang", "ttft_ms=600000", "slow_headers_ms=600000"])
    {
        let response = sandbox.say(directives, false);
        tokio::select! {
            _ = response => panic!("it never responds"),
            _ = sandbox.until("open", 1) => {}
        }
        assert_eq!(sandbox.until("cancelled", left).await["open"], 0);
    }
}

#[tokio::test]
async fn finished_responses_are_counted_as_completed() {
    let sandbox = TestSandbox::start().await;
    for directives in ["words=1", "status=500", "fault=truncate", "fault=reset_mid"] {
        sandbox.say(directives, true).await;
        sandbox.say(directives, false).await;
    }
    let stats = sandbox.until("completed", 8).await;
    assert_eq!(stats["requests"], 8);
    assert_eq!(stats["open"], 0);
    assert_eq!(stats["cancelled"], 0);
    assert_eq!(stats["chunks_sent"], 3 + 3 + 3);
}

#[tokio::test]
async fn shutdown_ends_open_streams_promptly() {
    let sandbox = TestSandbox::start().await;
    let mut open = sandbox.open_chat("wps=1 words=1000").await;
    open.body.frame().await.unwrap().unwrap();
    sandbox.shutdown.cancel();
    let end = async { while let Some(Ok(_)) = open.body.frame().await {} };
    tokio::time::timeout(PATIENCE, end)
        .await
        .expect("the stream ends");
    drop(open);
    sandbox.tasks.close();
    tokio::time::timeout(PATIENCE, sandbox.tasks.wait())
        .await
        .expect("the sandbox stops");
    assert!(
        tokio::net::TcpStream::connect(sandbox.address)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let sandbox = TestSandbox::start().await;
    let stream = tokio::net::TcpStream::connect(sandbox.address)
        .await
        .unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    sandbox.tasks.spawn(connection);
    for stream in [false, true, false] {
        sender.ready().await.unwrap();
        let body = http_body_util::Full::new(bytes::Bytes::from(prompt("hi", stream).to_string()));
        let request = http::Request::post("/v1/chat/completions")
            .body(body)
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        response.into_body().collect().await.unwrap();
    }
}
