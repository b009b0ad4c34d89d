//! Messages to the webhooks of accounts: signed as Standard Webhooks says, sent by the egress client.

use aws_lc_rs::{hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use store::key_events::KeyEvent;
use store::secret::NoRandomness;
use zeroize::Zeroizing;

use gateway::egress_client::{CallError, EgressClient};

const SECRET_PREFIX: &str = "whsec_";
const SECRET_BYTES: usize = 32;

/// The response to a message, or the reason why there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The message was taken.
    Taken(u16),
    /// Something was answered that is no success.
    Refused(u16),
    Failed(&'static str),
}

/// A message, as it is sent in each try.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    /// The id of the message, equal in every attempt, so that its receiver can tell a second one.
    pub id: &'a str,
    pub body: &'a str,
    pub at_ms: i64,
}

/// A new secret, for the eyes of whoever makes the webhook.
///
/// # Errors
/// If the system has no randomness to give.
pub(crate) fn new_secret() -> Result<Zeroizing<String>, NoRandomness> {
    let mut bytes = Zeroizing::new([0u8; SECRET_BYTES]);
    rand::fill(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
    let text = STANDARD.encode(bytes.as_slice());
    Ok(Zeroizing::new(format!("{SECRET_PREFIX}{text}")))
}

/// The message about an event; `at` is the time of it in RFC 3339.
pub(crate) fn body_of_event(event: &KeyEvent, key_name: &str, at: &str) -> Value {
    json!({
        "type": format!("api_key.{}", event.kind.as_str()),
        "timestamp": at,
        "data": {
            "id": event.id.as_str(),
            "account_id": event.account_id.as_str(),
            "api_key_id": event.api_key_id.as_str(),
            "api_key_name": key_name,
            "kind": event.kind.as_str(),
            "action": event.action.as_str(),
            "facts": event.facts,
        },
    })
}

/// The message of a webhook's test.
pub(crate) fn body_of_test(at: &str) -> Value {
    json!({ "type": "webhook.test", "timestamp": at, "data": {} })
}

/// Signs a message and sends it.
pub(crate) async fn send(
    client: &EgressClient,
    url: &str,
    secret: &str,
    message: Message<'_>,
) -> Sent {
    let Ok(target) = client.target(url) else {
        return Sent::Failed("the address is not allowed");
    };
    let Some(headers) = headers(secret, message) else {
        return Sent::Failed("the message could not be signed");
    };
    let body = Bytes::copy_from_slice(message.body.as_bytes());
    match client.post(&target, headers, body).await {
        Ok(status @ 200..300) => Sent::Taken(status),
        Ok(status) => Sent::Refused(status),
        Err(error) => Sent::Failed(words(error)),
    }
}

fn words(error: CallError) -> &'static str {
    match error {
        CallError::NotAllowed => "the address is not on the public network",
        CallError::NoAddress => "the name has no address",
        CallError::NoConnection => "no connection could be made",
        CallError::NoTls => "the TLS handshake failed; is the certificate valid for this name?",
        CallError::Broken => "the connection broke before the response",
        CallError::TimedOut => "there was no response within 10 seconds",
    }
}

fn headers(secret: &str, message: Message<'_>) -> Option<HeaderMap> {
    let timestamp = (message.at_ms / 1_000).to_string();
    let signature = signature(secret, message.id, &timestamp, message.body)?;
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("webhook-id", message.id),
        ("webhook-timestamp", &timestamp),
        ("webhook-signature", &signature),
    ] {
        let value = HeaderValue::from_str(value).ok()?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Some(headers)
}

fn signature(secret: &str, id: &str, timestamp: &str, body: &str) -> Option<String> {
    let key = secret.strip_prefix(SECRET_PREFIX)?;
    let key = Zeroizing::new(STANDARD.decode(key).ok()?);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let signed = format!("{id}.{timestamp}.{body}");
    let tag = hmac::sign(&key, signed.as_bytes());
    Some(format!("v1,{}", STANDARD.encode(tag)))
}

#[cfg(test)]
mod tests {
    use super::{new_secret, signature};

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // The example of the Standard Webhooks libraries.
        let signed = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            r#"{"test": 2432232314}"#,
        );
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed.as_deref(), Some(expected));
    }

    #[test]
    fn a_secret_has_the_shape_of_the_standard_and_is_new_each_time() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert!(one.starts_with("whsec_") && one.len() == 6 + 44);
        assert_ne!(*one, *other);
        assert!(signature(&one, "a", "1", "{}").is_some());
        assert_eq!(signature("secret", "a", "1", "{}"), None);
    }
}
