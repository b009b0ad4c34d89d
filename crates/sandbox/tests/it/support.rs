//! A running sandbox and a client which opens a connection for every request.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct TestSandbox {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// A response, as far as it came.
pub(crate) struct TestResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The connection broke before the end.
    pub(crate) is_broken: bool,
}

/// A stream under way; dropping it closes the connection.
pub(crate) struct Open {
    pub(crate) body: Incoming,
    _connection: CancelOnDrop,
}

struct CancelOnDrop(
    CancellationToken,
    #[expect(dead_code, reason = "counts the task")] TaskTrackerToken,
);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Drop for TestSandbox {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl TestSandbox {
    pub(crate) async fn start() -> Self {
        let loopback = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let sandbox = Sandbox::bind(loopback).await.unwrap();
        let address = sandbox.local_addr();
        let shutdown = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(sandbox.run(shutdown.clone()));
        Self {
            address,
            shutdown,
            tasks,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.send(Method::GET, path, &[], Bytes::new())
            .await
            .unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> TestResponse {
        self.post_with(path, &[], body).await
    }

    pub(crate) async fn post_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> TestResponse {
        self.send(Method::POST, path, headers, body.to_string().into())
            .await
            .unwrap()
    }

    pub(crate) async fn chat(&self, body: &Value) -> TestResponse {
        self.post("/v1/chat/completions", body).await
    }

    /// A chat request which says `prompt` with the `x-sandbox` header given.
    pub(crate) async fn say(&self, directives: &str, stream: bool) -> TestResponse {
        let body = prompt("hello there", stream);
        self.post_with("/v1/chat/completions", &[("x-sandbox", directives)], &body)
            .await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> hyper::Result<TestResponse> {
        let (response, connection) = self.open(method, path, headers, body).await?;
        let (head, mut incoming) = response.into_parts();
        let mut body = Vec::new();
        let mut is_broken = false;
        while let Some(frame) = incoming.frame().await {
            match frame {
                Ok(frame) => body.extend_from_slice(&frame.into_data().unwrap_or_default()),
                Err(_) => is_broken = true,
            }
        }
        drop(connection);
        Ok(TestResponse {
            status: head.status,
            headers: head.headers,
            body: body.into(),
            is_broken,
        })
    }

    /// Opens a chat stream and hands it over after its head.
    pub(crate) async fn open_chat(&self, directives: &str) -> Open {
        let body = prompt("hello there", true).to_string().into();
        let headers = [("x-sandbox", directives)];
        let path = "/v1/chat/completions";
        let (response, connection) = self.open(Method::POST, path, &headers, body).await.unwrap();
        Open {
            body: response.into_body(),
            _connection: connection,
        }
    }

    async fn open(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> hyper::Result<(http::Response<Incoming>, CancelOnDrop)> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let closed = CancellationToken::new();
        self.tasks
            .spawn(closed.clone().run_until_cancelled_owned(connection));
        let guard = CancelOnDrop(closed, self.tasks.token());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "sandbox");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = sender
            .send_request(request.body(Full::new(body)).unwrap())
            .await?;
        Ok((response, guard))
    }

    pub(crate) async fn stats(&self) -> Value {
        self.get("/sandbox/stats").await.json()
    }

    /// Waits until a counter has a value.
    pub(crate) async fn until(&self, counter: &str, value: u64) -> Value {
        let reached = async {
            loop {
                let stats = self.stats().await;
                if stats[counter] == value {
                    return stats;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, reached)
            .await
            .expect("the counter never got there")
    }
}

impl TestResponse {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The data of every event, `[DONE]` included.
    pub(crate) fn data(&self) -> Vec<String> {
        let text = self.text().replace("\r\n", "\n");
        let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
        lines.map(str::to_owned).collect()
    }

    /// The events which are JSON objects.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.data()
            .iter()
            .filter_map(|data| serde_json::from_str(data).ok())
            .collect()
    }

    /// A client's view of a chat stream: the content of all events of a choice.
    pub(crate) fn streamed(&self, index: u64, field: &str) -> String {
        let events = self.events();
        let choices = events
            .iter()
            .filter_map(|event| event["choices"].as_array())
            .flatten();
        let choices = choices.filter(|choice| choice["index"] == index);
        choices
            .filter_map(|choice| choice["delta"][field].as_str())
            .collect()
    }

    pub(crate) fn finish_reason(&self) -> Option<String> {
        let events = self.events();
        let reasons = events
            .iter()
            .map(|event| &event["choices"][0]["finish_reason"]);
        reasons.rev().find_map(Value::as_str).map(str::to_owned)
    }

    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str, param: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        let error = &self.json()["error"];
        assert_eq!(error["code"].as_str().unwrap_or_default(), code, "{error}");
        assert_eq!(
            error["param"].as_str().unwrap_or_default(),
            param,
            "{error}"
        );
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty())
        );
        assert!(error["type"].is_string());
    }
}

pub(crate) fn prompt(text: &str, stream: bool) -> Value {
    json!({
        "model": "sandbox-small",
        "messages": [{"role": "user", "content": text}],
        "stream": stream,
    })
}

pub(crate) fn content(response: &Value) -> &str {
    response["choices"][0]["message"]["content"]
        .as_str()
        .unwrap_or_default()
}

pub(crate) fn word_count(text: &str) -> usize {
    text.split_ascii_whitespace().count()
}
