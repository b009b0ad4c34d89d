//! Callers: who they are, what they send, what they get.

use std::io::Write;
use std::net::SocketAddr;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use store::{AccountId, ApiKeyId};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::soon;

/// A caller of the server, with the same headers each time.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) address: SocketAddr,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// The secret, for those who have one.
    pub(crate) secret: String,
    pub(crate) key: ApiKeyId,
    pub(crate) account: AccountId,
}

impl Caller {
    pub(crate) fn anonymous(address: SocketAddr) -> Self {
        Self {
            address,
            headers: vec![],
            secret: String::new(),
            key: "".into(),
            account: "".into(),
        }
    }

    pub(crate) fn with(&self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let mut caller = self.clone();
        caller
            .headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        caller
    }

    pub(crate) fn with_secret(&self, secret: &str) -> Self {
        let mut caller = Self::anonymous(self.address);
        caller.secret = secret.to_owned();
        caller.with("authorization", format!("Bearer {secret}"))
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.open(Method::GET, path, Bytes::new())
            .await
            .whole()
            .await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Bytes>) -> TestResponse {
        self.open(Method::POST, path, body).await.whole().await
    }

    pub(crate) async fn patch(&self, path: &str, body: impl Into<Bytes>) -> TestResponse {
        self.open(Method::PATCH, path, body).await.whole().await
    }

    pub(crate) async fn delete(&self, path: &str) -> TestResponse {
        let response = self.open(Method::DELETE, path, Bytes::new()).await;
        response.whole().await
    }

    /// This browser with the cookies that `response` gave it.
    pub(crate) fn with_cookies_of(&self, response: &TestResponse) -> Self {
        let mut caller = self.clone();
        caller.headers.retain(|(name, _)| name != "cookie");
        let cookies = response.headers.get_all("set-cookie").iter();
        let pairs: Vec<String> = cookies
            .map(|value| {
                value
                    .to_str()
                    .unwrap()
                    .split(';')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        caller.with("cookie", pairs.join("; "))
    }

    /// A chat completion.
    pub(crate) async fn chat(&self, body: impl Into<Bytes>) -> TestResponse {
        self.post("/v1/chat/completions", body).await
    }

    /// A chat completion whose response is read piece by piece.
    pub(crate) async fn open_chat(&self, body: impl Into<Bytes>) -> OpenResponse {
        self.open(Method::POST, "/v1/chat/completions", body).await
    }

    pub(crate) async fn open(
        &self,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> OpenResponse {
        let (sender, driver) = self.connect().await;
        self.send(sender, driver, method, path, body.into()).await
    }

    /// Sends a request and does not wait for anything: the connection lives until the result is dropped.
    pub(crate) fn send_only(&self, path: &str, body: impl Into<Bytes>) -> JoinHandle<()> {
        let (caller, path, body) = (self.clone(), path.to_owned(), body.into());
        tokio::spawn(async move {
            let (mut sender, _driver) = caller.connect().await;
            let _ = sender
                .send_request(caller.request(Method::POST, &path, body))
                .await;
        })
    }

    async fn connect(&self) -> (SendRequest<Full<Bytes>>, Driver) {
        let stream = soon("a connection", TcpStream::connect(self.address))
            .await
            .unwrap();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        });
        (sender, Driver(driver))
    }

    async fn send(
        &self,
        mut sender: SendRequest<Full<Bytes>>,
        driver: Driver,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> OpenResponse {
        let request = self.request(method, path, body);
        let response = soon("the head of a response", sender.send_request(request))
            .await
            .unwrap();
        OpenResponse {
            response,
            _driver: driver,
            _sender: sender,
        }
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "yunxin.test");
        for (name, value) in &self.headers {
            request = request.header(name, value.as_slice());
        }
        request.body(Full::new(body)).unwrap()
    }
}

/// Runs a connection; dropping it closes the socket.
#[derive(Debug)]
pub(crate) struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A response whose body is still on its way. Dropping it is how a client goes away.
#[derive(Debug)]
pub(crate) struct OpenResponse {
    response: Response<Incoming>,
    _driver: Driver,
    _sender: SendRequest<Full<Bytes>>,
}

impl OpenResponse {
    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The next bytes; `None` at the end, however it came.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        loop {
            let frame = soon("more of a response", self.response.body_mut().frame())
                .await?
                .ok()?;
            if let Ok(data) = frame.into_data() {
                return Some(data);
            }
        }
    }

    /// Reads until `text` was seen; returns everything read.
    pub(crate) async fn read_until(&mut self, text: &str) -> String {
        let mut seen = String::new();
        while !seen.contains(text) {
            let Some(bytes) = self.next().await else {
                panic!("the response ended before {text:?}: {seen}");
            };
            seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        seen
    }

    pub(crate) async fn whole(mut self) -> TestResponse {
        let mut body = Vec::new();
        let mut is_broken = false;
        while let Some(frame) =
            soon("the rest of a response", self.response.body_mut().frame()).await
        {
            match frame {
                Ok(frame) => body.extend_from_slice(&frame.into_data().unwrap_or_default()),
                Err(_) => {
                    is_broken = true;
                    break;
                }
            }
        }
        TestResponse {
            status: self.response.status().as_u16(),
            headers: self.response.headers().clone(),
            body: body.into(),
            is_broken,
        }
    }
}

/// A whole response.
#[derive(Debug, Clone)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The connection broke before the end of the body.
    pub(crate) is_broken: bool,
}

impl TestResponse {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The data of every event of a stream.
    pub(crate) fn events(&self) -> Vec<String> {
        let text = self.text();
        text.split("\n\n")
            .filter_map(|event| event.strip_prefix("data: "))
            .map(str::to_owned)
            .collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn number(&self, name: &str) -> u64 {
        let value = self
            .header(name)
            .unwrap_or_else(|| panic!("no header {name}: {self:?}"));
        value.parse().unwrap()
    }

    /// The code of the error in the envelope.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Status and body, for snapshots.
    pub(crate) fn shown(&self) -> String {
        format!("{} {}", self.status, self.text())
    }
}

/// A chat request to `model`, with more fields, each with a comma before it.
pub(crate) fn chat(model: &str, more: &str) -> String {
    format!(r#"{{"model":"{model}","messages":[{{"role":"user","content":"Hello there"}}]{more}}}"#)
}

/// A body as clients compress it.
pub(crate) fn gzip(text: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(vec![], Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap().into()
}

/// The head of a request with `caller`'s key; each line of `more` ends with CR LF.
pub(crate) fn head(caller: &Caller, method: &str, path: &str, more: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n{more}\r\n",
        caller.secret
    )
}

/// The head of a chat with a body of `length` bytes.
pub(crate) fn chat_head(caller: &Caller, length: usize) -> String {
    let length = format!("content-length: {length}\r\n");
    head(caller, "POST", "/v1/chat/completions", &length)
}
