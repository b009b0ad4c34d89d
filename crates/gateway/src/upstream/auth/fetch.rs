//! Calls for credentials: one connection each, bounded in time and size, to addresses of operators or of the machine.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use http::Uri;
use serde_json::Value;
use tokio::time::timeout;

use super::super::call::Call;
use super::super::connector::Connector;
use super::super::header_line::put_line;
use super::super::origin::UpstreamOrigin;
use super::super::response::ResponseStream;
use crate::clock::Clock;
use crate::limited_body::LimitedBody;

/// The wait for a credential, from the connection to the last byte.
const FETCH_WAIT: Duration = Duration::from_secs(10);
/// Longest response with a credential.
const RESPONSE_BYTES_MAX: usize = 64 * 1024;
/// Longest reason that is quoted.
const REASON_CHARS_MAX: usize = 200;

/// The way to those who hand out credentials.
#[derive(Debug)]
pub(in crate::upstream) struct Fetch {
    /// To addresses that operators name.
    named: Connector,
    /// To the metadata service of this machine.
    machine: Connector,
    clock: Clock,
}

/// A request for a credential.
#[derive(Default)]
pub(super) struct CredentialRequest {
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
    /// True for the metadata service of this machine.
    pub(super) is_of_machine: bool,
}

/// Does not print: its body has secrets.
impl fmt::Debug for CredentialRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.url)
    }
}

impl CredentialRequest {
    /// A form that is posted.
    pub(super) fn form(url: &str, fields: &[(&str, &str)]) -> Self {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        Self {
            method: "POST",
            url: url.to_owned(),
            headers: vec![
                (
                    "content-type",
                    "application/x-www-form-urlencoded".to_owned(),
                ),
                ("accept", "application/json".to_owned()),
            ],
            body: form.finish().into(),
            is_of_machine: false,
        }
    }

    /// A question to the metadata service of this machine.
    pub(super) fn of_machine(url: String, headers: Vec<(&'static str, String)>) -> Self {
        Self {
            method: "GET",
            url,
            headers,
            body: Bytes::new(),
            is_of_machine: true,
        }
    }

    fn call(&self, uri: &Uri, origin: &UpstreamOrigin) -> Call {
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let mut head = BytesMut::new();
        head.put_slice(format!("{} {target} HTTP/1.1\r\n", self.method).as_bytes());
        put_line(&mut head, "host", origin.host.as_bytes());
        put_line(&mut head, "accept-encoding", b"identity");
        put_line(&mut head, "connection", b"close");
        for (name, value) in &self.headers {
            put_line(&mut head, name, value.as_bytes());
        }
        put_line(
            &mut head,
            "content-length",
            self.body.len().to_string().as_bytes(),
        );
        head.put_slice(b"\r\n");
        head.put_slice(&self.body);
        Call {
            head: head.freeze(),
            body: Bytes::new(),
        }
    }
}

impl Fetch {
    pub(in super::super) fn new(named: Connector, machine: Connector, clock: Clock) -> Self {
        Self {
            named,
            machine,
            clock,
        }
    }

    pub(super) fn uptime(&self) -> Duration {
        self.clock.uptime()
    }

    /// The time in seconds since 1970.
    pub(in super::super) fn now_s(&self) -> i64 {
        self.clock.now_ms() / 1_000
    }

    /// The body of a successful response.
    ///
    /// # Errors
    /// If the exchange fails or the response is no success: the reason, in words that hold no secret.
    pub(super) async fn body(&self, request: CredentialRequest) -> Result<Bytes, String> {
        let shown = format!("{request:?}");
        let exchange = timeout(FETCH_WAIT, self.exchange(request));
        let (status, body) = match exchange.await {
            Ok(response) => response.map_err(|error| format!("{shown}: {error}"))?,
            Err(_) => {
                let seconds = FETCH_WAIT.as_secs();
                return Err(format!("{shown}: no response within {seconds} seconds"));
            }
        };
        if (200..300).contains(&status) {
            return Ok(body);
        }
        Err(format!(
            "{shown}: refused with status {status}{}",
            reason(&body)
        ))
    }

    /// The JSON of a successful response.
    ///
    /// # Errors
    /// If the exchange fails, or the body is no JSON.
    pub(super) async fn json(&self, request: CredentialRequest) -> Result<Value, String> {
        let shown = format!("{request:?}");
        let body = self.body(request).await?;
        serde_json::from_slice(&body).map_err(|_| format!("{shown}: the response is not JSON"))
    }

    async fn exchange(&self, request: CredentialRequest) -> Result<(u16, Bytes), String> {
        let uri: Uri = request
            .url
            .parse()
            .map_err(|_| "the address is not a URL")?;
        let origin = UpstreamOrigin::of(&uri).ok_or("the address names no host")?;
        let connector = if request.is_of_machine {
            &self.machine
        } else {
            &self.named
        };
        let mut connection = connector.connect(origin.uri()).await?;
        let is_sent = AtomicBool::default();
        let call = request.call(&uri, &origin);
        let head = connection.exchange(&call, &is_sent).await;
        let (head, _) = head.map_err(super::super::connection::Failed::into_detail)?;
        let mut response = ResponseStream::new(head.framing, connection, None);
        let mut body = LimitedBody::up_to(RESPONSE_BYTES_MAX, 0);
        while let Some(data) = response.data().await {
            let data = data.map_err(|error| error.to_string())?;
            if !body.add(data) {
                return Err("the response is too long for a credential".to_owned());
            }
        }
        Ok((head.status, body.finish()))
    }
}

/// The reason of a refusal, as far as its code and its words tell it.
fn reason(body: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return String::new();
    };
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let nested = || value["error"]["message"].as_str().map(str::to_owned);
    let parts = [
        text("error").or_else(nested),
        text("error_description").or_else(|| text("errorMessage")),
    ];
    let words: Vec<String> = parts.into_iter().flatten().collect();
    let words: String = words.join(": ").chars().take(REASON_CHARS_MAX).collect();
    if words.is_empty() {
        words
    } else {
        format!(" ({words})")
    }
}
