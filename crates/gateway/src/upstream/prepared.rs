//! Prepared requests to a provider. All of a head but the length of the body and the credential is known when the
//! catalogue is built, so it is written once and copied per request.

use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Uri};
use llm::UpstreamError;
use llm::language::Target;
use llm::operation::RequestBody;

use super::auth::ReadyAuth;
use super::call::Call;
use super::forwarded::ForwardedHeaders;
use super::header_line::put_line;
use super::origin::UpstreamOrigin;

const AGENT: &str = concat!("yunxin/", env!("CARGO_PKG_VERSION"));
/// A body up to here is copied behind its head: one piece is cheaper to write than two.
const COPIED_MAX: usize = 8 * 1024;
/// Room for the length of a body in digits, for the credential, and for the end of the head.
const ROOM: usize = 256;

/// Begin of every request to one target. The credential is no part of it: `ReadyAuth` adds that last.
#[derive(Clone, PartialEq, Eq)]
pub struct PreparedRequest {
    head: Bytes,
    has_body: bool,
}

impl PreparedRequest {
    /// A request to `base_url`, which is of this origin, and the target below it, with the provider's own headers.
    ///
    /// # Errors
    /// If the two make no URL: why, in words.
    pub(super) fn new(
        origin: &UpstreamOrigin,
        base_url: &str,
        target: &Target,
        body: RequestBody,
        headers: &[(HeaderName, HeaderValue)],
    ) -> Result<Self, String> {
        let uri = format!("{base_url}{}", target.path_and_query);
        let uri: Uri = uri.parse().map_err(|_| format!("{uri:?} is not a URL"))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let has_body = body != RequestBody::Empty;
        let method = if has_body { Method::POST } else { Method::GET };
        let mut head = BytesMut::new();
        head.put_slice(format!("{method} {path} HTTP/1.1\r\n").as_bytes());
        put_line(&mut head, HOST.as_str(), origin.host.as_bytes());
        put_line(&mut head, ACCEPT_ENCODING.as_str(), b"identity");
        put_line(&mut head, USER_AGENT.as_str(), AGENT.as_bytes());
        for (name, value) in target.headers {
            put_line(&mut head, name, value.as_bytes());
        }
        for (name, value) in headers {
            put_line(&mut head, name.as_str(), value.as_bytes());
        }
        match body {
            RequestBody::Json { .. } => {
                put_line(&mut head, CONTENT_TYPE.as_str(), b"application/json");
            }
            // Whoever writes the parts knows what is between them.
            RequestBody::Multipart | RequestBody::Empty => {}
        }
        if has_body {
            head.put_slice(b"content-length: ");
        }
        let head = head.freeze();
        Ok(Self { head, has_body })
    }

    /// The call with this body.
    ///
    /// # Errors
    /// If it cannot be signed.
    pub(super) fn call(
        &self,
        auth: &ReadyAuth<'_>,
        forwarded: &ForwardedHeaders,
        body: Bytes,
    ) -> Result<Call, UpstreamError> {
        let is_copied = body.len() <= COPIED_MAX;
        let copied = if is_copied { body.len() } else { 0 };
        let room = self.head.len() + forwarded.len() + ROOM + copied;
        let mut head = BytesMut::with_capacity(room);
        head.put_slice(&self.head);
        if self.has_body {
            head.put_slice(itoa::Buffer::new().format(body.len()).as_bytes());
            head.put_slice(b"\r\n");
        }
        forwarded.write(&mut head);
        auth.apply(&mut head, &body)?;
        head.put_slice(b"\r\n");
        if is_copied {
            head.put_slice(&body);
        }
        Ok(Call {
            head: head.freeze(),
            body: if is_copied { Bytes::new() } else { body },
        })
    }
}

/// The request line, for logs.
impl fmt::Debug for PreparedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.head.split(|byte| *byte == b'\r').next();
        let line = String::from_utf8_lossy(line.unwrap_or_default());
        formatter.write_str(&line)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::AUTHORIZATION;

    use super::super::auth::{CredentialHeader, ReadyAuth};
    use super::*;

    const JSON: RequestBody = RequestBody::Json {
        may_hold_media: false,
    };

    fn prepared(target: &Target, body: RequestBody) -> PreparedRequest {
        let base_url = "https://api.example.com/v1";
        let origin = UpstreamOrigin::of(&base_url.parse().unwrap()).unwrap();
        let headers = [(
            HeaderName::from_static("x-own"),
            HeaderValue::from_static("mine"),
        )];
        PreparedRequest::new(&origin, base_url, target, body, &headers).unwrap()
    }

    fn chat() -> PreparedRequest {
        prepared(&Target::of_path("/chat/completions"), JSON)
    }

    fn text(request: &PreparedRequest, body: &'static [u8]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-beta", HeaderValue::from_static("one"));
        let forwarded = ForwardedHeaders::pick(&["x-beta"], &headers);
        let header = CredentialHeader::new(&AUTHORIZATION, "Bearer ", "hush").unwrap();
        let auth = ReadyAuth::Header(&header);
        let call = request.call(&auth, &forwarded, Bytes::from_static(body));
        let call = call.unwrap();
        String::from_utf8(call.head.to_vec()).unwrap()
    }

    #[test]
    fn a_short_body_stands_behind_its_head() {
        let expected = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: api.example.com\r\naccept-encoding: identity\r\n\
             user-agent: {AGENT}\r\nx-own: mine\r\ncontent-type: application/json\r\ncontent-length: 2\r\nx-beta: one\r\n\
             authorization: Bearer hush\r\n\r\n{{}}"
        );
        assert_eq!(text(&chat(), b"{}"), expected);
    }

    #[test]
    fn a_target_has_a_query_and_headers_of_its_own() {
        let target = Target {
            path_and_query: "/models/m:stream?alt=sse".into(),
            headers: &[("x-version", "1")],
        };
        let text = text(&prepared(&target, RequestBody::Empty), b"");
        assert!(text.starts_with("GET /v1/models/m:stream?alt=sse HTTP/1.1\r\n"));
        assert!(text.contains("\r\nx-version: 1\r\n") && !text.contains("content-length"));
    }

    #[test]
    fn a_long_body_is_not_copied() {
        let body = Bytes::from(vec![b' '; COPIED_MAX + 1]);
        let (request, forwarded) = (chat(), ForwardedHeaders::default());
        let call = request.call(&ReadyAuth::None, &forwarded, body.clone());
        let call = call.unwrap();
        assert!(call.head.ends_with(b"content-length: 8193\r\n\r\n"));
        assert_eq!(call.body.as_ptr(), body.as_ptr());
    }

    #[test]
    fn the_request_line_prints() {
        let printed = format!("{:?}", chat());
        assert_eq!(printed, "POST /v1/chat/completions HTTP/1.1");
    }
}
