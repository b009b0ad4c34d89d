//! A receiver of webhooks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, Uri};
use parking_lot::Mutex;
use tokio::net::TcpListener;

use super::until;

/// Instead of a status: no response at all.
const NEVER: u16 = 0;

/// A message that came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
    pub(crate) body: String,
}

#[derive(Debug)]
struct Inner {
    url: String,
    status: AtomicU16,
    messages: Mutex<Vec<Message>>,
}

#[derive(Debug, Clone)]
pub(crate) struct WebhookStub(Arc<Inner>);

impl WebhookStub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stub = Self(Arc::new(Inner {
            url: format!("http://{}", listener.local_addr().unwrap()),
            status: AtomicU16::new(200),
            messages: Mutex::default(),
        }));
        let router = Router::new().fallback(take).with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.url)
    }

    pub(crate) fn response(&self, status: u16) {
        self.0.status.store(status, Ordering::Relaxed);
    }

    pub(crate) fn hang(&self) {
        self.response(NEVER);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.messages.lock().len()
    }

    /// The messages, once there are `count`.
    pub(crate) async fn requests(&self, count: usize) -> Vec<Message> {
        until("messages to the webhook", || self.count() >= count).await;
        self.0.messages.lock().clone()
    }
}

impl Message {
    /// The signature by the text of the standard.
    pub(crate) fn signed_with(&self, secret: &str) -> String {
        let key = secret.strip_prefix("whsec_").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(key).unwrap());
        let text = format!("{}.{}.{}", self.id, self.timestamp, self.body);
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, text.as_bytes())))
    }
}

async fn take(
    State(stub): State<WebhookStub>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| {
        let value = headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    stub.0.messages.lock().push(Message {
        path: uri.to_string(),
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let status = stub.0.status.load(Ordering::Relaxed);
    if status == NEVER {
        std::future::pending::<()>().await;
    }
    let location = [("location", stub.url("/elsewhere"))];
    (StatusCode::from_u16(status).unwrap(), location).into_response()
}
