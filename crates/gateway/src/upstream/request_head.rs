//! What is sent to a provider. All of a head but the length of the body is known when the catalogue is
//! built, so it is written once and copied per request.

use std::fmt;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Uri};

use super::origin::Origin;

const AGENT: &str = concat!("yunxin/", env!("CARGO_PKG_VERSION"));
/// A body up to here is copied behind its head: one piece is cheaper to write than two.
const COPIED_MAX: usize = 8 * 1024;
/// Room for the length of a body in digits, and for the end of the head.
const LENGTH_BYTES_MAX: usize = 24;

/// The begin of every request to one endpoint of one provider, up to where the body's length stands. It
/// holds the credential, so it does not print.
#[derive(Clone)]
pub struct RequestHead(Bytes);

impl RequestHead {
    /// For requests with a JSON body.
    pub fn post(origin: &Origin, target: &Uri, auth: Option<&(HeaderName, HeaderValue)>) -> Self {
        let mut text = lines(&Method::POST, origin, target, auth);
        line(&mut text, CONTENT_TYPE.as_str(), b"application/json");
        text.put_slice(b"content-length: ");
        Self(text.freeze())
    }

    /// The request with this body.
    pub(super) fn with_body(&self, body: Bytes) -> Call {
        let is_copied = body.len() <= COPIED_MAX;
        let room = self.0.len() + LENGTH_BYTES_MAX + if is_copied { body.len() } else { 0 };
        let mut head = BytesMut::with_capacity(room);
        head.put_slice(&self.0);
        head.put_slice(itoa::Buffer::new().format(body.len()).as_bytes());
        head.put_slice(b"\r\n\r\n");
        if is_copied {
            head.put_slice(&body);
        }
        Call {
            head: head.freeze(),
            body: if is_copied { Bytes::new() } else { body },
        }
    }
}

impl fmt::Debug for RequestHead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        sealed(&self.0, formatter)
    }
}

/// A whole request without a body. It holds the credential too.
#[derive(Clone)]
pub struct GetRequest(Bytes);

impl GetRequest {
    pub fn new(origin: &Origin, target: &Uri, auth: Option<&(HeaderName, HeaderValue)>) -> Self {
        let mut text = lines(&Method::GET, origin, target, auth);
        text.put_slice(b"\r\n");
        Self(text.freeze())
    }

    pub(super) fn call(&self) -> Call {
        Call {
            head: self.0.clone(),
            body: Bytes::new(),
        }
    }
}

impl fmt::Debug for GetRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        sealed(&self.0, formatter)
    }
}

/// The request line, which names nothing secret.
fn sealed(head: &[u8], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let line = head.split(|byte| *byte == b'\r').next();
    let line = String::from_utf8_lossy(line.unwrap_or_default());
    write!(formatter, "{line} [sealed]")
}

/// A request, as it is written.
#[derive(Clone)]
pub(super) struct Call {
    /// The head, and a short body.
    pub(super) head: Bytes,
    /// A long body.
    pub(super) body: Bytes,
}

impl Call {
    /// Says that the body is too long to be read together with its head, as a rule.
    pub(super) fn is_long(&self) -> bool {
        !self.body.is_empty()
    }
}

impl Buf for Call {
    fn remaining(&self) -> usize {
        self.head.len() + self.body.len()
    }

    fn chunk(&self) -> &[u8] {
        if self.head.is_empty() {
            &self.body
        } else {
            &self.head
        }
    }

    fn advance(&mut self, count: usize) {
        let of_head = count.min(self.head.len());
        self.head.advance(of_head);
        self.body.advance(count - of_head);
    }
}

fn lines(
    method: &Method,
    origin: &Origin,
    target: &Uri,
    auth: Option<&(HeaderName, HeaderValue)>,
) -> BytesMut {
    let mut text = BytesMut::new();
    let target = target
        .path_and_query()
        .map_or("/", |target| target.as_str());
    text.put_slice(format!("{method} {target} HTTP/1.1\r\n").as_bytes());
    line(&mut text, HOST.as_str(), origin.host.as_bytes());
    line(&mut text, ACCEPT_ENCODING.as_str(), b"identity");
    line(&mut text, USER_AGENT.as_str(), AGENT.as_bytes());
    if let Some((name, value)) = auth {
        line(&mut text, name.as_str(), value.as_bytes());
    }
    text
}

/// Names and values come out of types that hold no line breaks.
fn line(text: &mut BytesMut, name: &str, value: &[u8]) {
    text.put_slice(name.as_bytes());
    text.put_slice(b": ");
    text.put_slice(value);
    text.put_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> RequestHead {
        let uri: Uri = "https://api.example.com/v1/chat/completions"
            .parse()
            .unwrap();
        let origin = Origin::of(&uri).unwrap();
        let auth = (
            HeaderName::from_static("authorization"),
            HeaderValue::from_static("Bearer hush"),
        );
        RequestHead::post(&origin, &uri, Some(&auth))
    }

    #[test]
    fn a_short_body_stands_behind_its_head() {
        let call = head().with_body(Bytes::from_static(b"{}"));
        let text = String::from_utf8(call.head.to_vec()).unwrap();
        let expected = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: api.example.com\r\naccept-encoding: identity\r\n\
             user-agent: {AGENT}\r\nauthorization: Bearer hush\r\ncontent-type: application/json\r\n\
             content-length: 2\r\n\r\n{{}}"
        );
        assert_eq!((text, call.body.len()), (expected, 0));
    }

    #[test]
    fn a_long_body_is_not_copied() {
        let body = Bytes::from(vec![b' '; COPIED_MAX + 1]);
        let call = head().with_body(body.clone());
        assert!(call.head.ends_with(b"content-length: 8193\r\n\r\n"));
        assert_eq!(call.body.as_ptr(), body.as_ptr());
    }

    #[test]
    fn the_credential_does_not_print() {
        let printed = format!("{:?}", head());
        assert_eq!(printed, "POST /v1/chat/completions HTTP/1.1 [sealed]");
    }
}
