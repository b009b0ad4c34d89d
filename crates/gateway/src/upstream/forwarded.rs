//! Headers of a client that reach the provider: those that a language lists, and no others.

use bytes::{BufMut, BytesMut};
use http::HeaderMap;

use super::header_line::put_line;

/// Header lines of a client's request, as they are written to the provider.
#[derive(Debug, Default)]
pub struct ForwardedHeaders(BytesMut);

impl ForwardedHeaders {
    /// The headers that are listed in `names`, which are lower case.
    pub fn pick(names: &[&str], headers: &HeaderMap) -> Self {
        let mut lines = BytesMut::new();
        for name in names {
            for value in headers.get_all(*name) {
                put_line(&mut lines, name, value.as_bytes());
            }
        }
        Self(lines)
    }

    /// These headers, and further ones.
    #[must_use]
    pub fn with(&self, headers: &[(&str, &str)]) -> Self {
        let mut lines = self.0.clone();
        for (name, value) in headers {
            put_line(&mut lines, name, value.as_bytes());
        }
        Self(lines)
    }

    pub(super) fn write(&self, head: &mut BytesMut) {
        head.put_slice(&self.0);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use http::{HeaderMap, HeaderValue};

    use super::ForwardedHeaders;

    #[test]
    fn only_listed_headers_are_forwarded() {
        let mut headers = HeaderMap::new();
        headers.insert("x-beta", HeaderValue::from_static("one"));
        headers.append("x-beta", HeaderValue::from_static("two"));
        headers.insert("cookie", HeaderValue::from_static("secret"));
        let mut head = BytesMut::new();
        ForwardedHeaders::pick(&["x-beta", "x-version"], &headers).write(&mut head);
        assert_eq!(head, "x-beta: one\r\nx-beta: two\r\n");
    }
}
