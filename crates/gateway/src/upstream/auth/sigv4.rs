//! AWS Signature Version 4 over the head and the body of a call (docs/decisions/0036).

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use bytes::{BufMut, BytesMut};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// The keys of an account or role of AWS.
#[derive(Debug, Clone)]
pub struct AwsKeys {
    pub id: String,
    pub secret: SecretString,
    /// Of keys that end.
    pub session_token: Option<SecretString>,
}

/// The region and service that a signature holds for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsScope {
    pub region: String,
    pub service: String,
}

/// The signed parts of a head.
struct Head<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    host: &'a str,
}

impl AwsScope {
    /// Adds the signature to a head that ends with its last header. `now_s` is the time in seconds since 1970.
    ///
    /// # Errors
    /// If the head is none, or the time cannot be.
    pub(super) fn sign(
        &self,
        keys: &AwsKeys,
        now_s: i64,
        head: &mut BytesMut,
        body: &[u8],
    ) -> Result<(), &'static str> {
        let now = Timestamp::from_second(now_s).map_err(|_| "the clock is out of range")?;
        let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let day = now.strftime("%Y%m%d").to_string();
        let token = keys.session_token.as_ref().map(ExposeSecret::expose_secret);
        let request = Head::read(head).ok_or("the head of a call cannot be signed")?;
        let (canonical, signed) = request.canonical(&time, token, body);
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let hash = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
        let text = format!("{ALGORITHM}\n{time}\n{scope}\n{hash}");
        let signature = hex(sign(&self.key(keys, &day), text.as_bytes()).as_ref());
        let id = &keys.id;
        let mut lines = format!("x-amz-date: {time}\r\n");
        if let Some(token) = token {
            let _ = write!(lines, "x-amz-security-token: {token}\r\n");
        }
        let _ = write!(
            lines,
            "authorization: {ALGORITHM} Credential={id}/{scope}, SignedHeaders={signed}, Signature={signature}\r\n"
        );
        head.put_slice(lines.as_bytes());
        Ok(())
    }

    /// The key of one day, region and service.
    fn key(&self, keys: &AwsKeys, day: &str) -> Key {
        let secret = format!("AWS4{}", keys.secret.expose_secret());
        let parts = [day, &self.region, &self.service, "aws4_request"];
        parts
            .into_iter()
            .fold(Key::new(HMAC_SHA256, secret.as_bytes()), |key, part| {
                Key::new(HMAC_SHA256, sign(&key, part.as_bytes()).as_ref())
            })
    }
}

impl<'a> Head<'a> {
    fn read(head: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(head).ok()?;
        let mut lines = text.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let host = lines.find_map(|line| line.strip_prefix("host: "))?;
        Some(Self {
            method,
            path,
            query,
            host,
        })
    }

    /// The canonical request, and the names of the headers that are signed.
    fn canonical(&self, time: &str, token: Option<&str>, body: &[u8]) -> (String, &'static str) {
        let (token_line, signed) = match token {
            Some(token) => (
                format!("x-amz-security-token:{token}\n"),
                "host;x-amz-date;x-amz-security-token",
            ),
            None => (String::new(), "host;x-amz-date"),
        };
        let payload = hex(digest(&SHA256, body).as_ref());
        let canonical = format!(
            "{}\n{}\n{}\nhost:{}\nx-amz-date:{time}\n{token_line}\n{signed}\n{payload}",
            self.method,
            encoded_path(self.path),
            self.canonical_query(),
            self.host,
        );
        (canonical, signed)
    }

    fn canonical_query(&self) -> String {
        let mut pairs: Vec<String> = self
            .query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                format!("{name}={value}")
            })
            .collect();
        pairs.sort_unstable();
        pairs.join("&")
    }
}

/// The text with everything but unreserved characters in percent; an encoded path is encoded once more, as every
/// service but S3 has it.
fn encoded_path(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let is_kept =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
        if is_kept {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(HEX.get(usize::from(value)).copied().unwrap_or(b'0'));
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{AwsKeys, AwsScope, BytesMut};

    /// 30 August 2015, 12:36, as in the published test suite of the algorithm.
    const NOW_S: i64 = 1_440_938_160;

    fn authorization(scope: [&str; 2], token: Option<&str>, request: &str, body: &str) -> String {
        let keys = AwsKeys {
            id: "AKIDEXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: token.map(Into::into),
        };
        let scope = AwsScope {
            region: scope[0].to_owned(),
            service: scope[1].to_owned(),
        };
        let mut head = BytesMut::from(request);
        scope
            .sign(&keys, NOW_S, &mut head, body.as_bytes())
            .unwrap();
        let text = String::from_utf8(head.to_vec()).unwrap();
        let added = text.strip_prefix(request).unwrap();
        assert!(
            added.starts_with("x-amz-date: 20150830T123600Z\r\n"),
            "{added}"
        );
        assert_eq!(added.contains("x-amz-security-token: "), token.is_some());
        let line = added.lines().last().unwrap();
        line.strip_prefix("authorization: ").unwrap().to_owned()
    }

    fn head(line: &str, host: &str) -> String {
        format!("{line} HTTP/1.1\r\nhost: {host}\r\nx-other: 1\r\n")
    }

    /// `get-vanilla`, `post-vanilla` and `get-vanilla-query-order-key-case` of the published suite.
    #[test]
    fn the_published_vectors_are_met() {
        for (line, signature) in [
            (
                "GET /",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "POST /",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "GET /?Param2=value2&Param1=value1",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
        ] {
            let request = head(line, "example.amazonaws.com");
            assert_eq!(
                authorization(["us-east-1", "service"], None, &request, ""),
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature={signature}"
                ),
                "{line}"
            );
        }
    }

    /// Made with botocore 1.44.
    #[test]
    fn a_body_a_model_in_the_path_and_a_session_are_signed_as_the_official_client_does() {
        let host = "bedrock-runtime.us-east-1.amazonaws.com";
        let converse = head(
            "POST /model/us.amazon.nova-lite-v1%3A0/converse-stream",
            host,
        );
        let signed = authorization(["us-east-1", "bedrock"], None, &converse, r#"{"a":1}"#);
        assert!(
            signed.ends_with("3eb97843f1a3ccd116761f11839f8e418cb6697722f270b9475540978739f428"),
            "{signed}"
        );
        let chat = head("POST /openai/v1/chat/completions", host);
        let token = Some("SESSION/TOKEN==");
        let signed = authorization(["eu-west-1", "bedrock"], token, &chat, r#"{"a":1}"#);
        assert!(
            signed.ends_with("d8c71c97daf364aae7f32bfee5fbe058cc5b5014ee5aa0c06039e1967c97e9cd"),
            "{signed}"
        );
    }
}
